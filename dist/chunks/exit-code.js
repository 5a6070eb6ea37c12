// src/report/exit-code.ts
const EXIT_USAGE = 2;
function exitCodeOf({ decision, reason }) {
	switch (decision) {
		case "promoted":
		case "completed":
		case "planned":
		case "nothing_to_do": return 0;
		case "held": return 3;
		case "rolled_back": return reason === "rolled_back_on_request" ? 0 : 1;
		case "failed": return reason === "usage" || reason === "config_invalid" ? 2 : 1;
		case "cancelled":
		case void 0: return 1;
	}
}

export { exitCodeOf as t };