// src/upgrade/stage.ts
const stages = [
	"branch",
	"build",
	"test",
	"deploy",
	"monitor"
];

export { stages as t };