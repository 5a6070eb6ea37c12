import { i as writeSummary, n as openAction, r as runAction, t as configPlace } from "./run-action.js";

export { runAction };