import { f as UsageError } from "./errors.js";

// src/adapters/thrown-failure.ts
function thrownFailure(error) {
	const failure = {
		why: "spawn",
		message: error.message,
		output: ""
	};
	return error instanceof UsageError ? {
		...failure,
		isUntouched: true
	} : failure;
}

export { thrownFailure as t };