// src/adapters/remote-fault.ts
var RemoteFault = class extends Error {
	name = "RemoteFault";
	isPassing;
	constructor(message, options = {}) {
		super(message, options);
		this.isPassing = options.isPassing ?? false;
	}
};

export { RemoteFault as t };