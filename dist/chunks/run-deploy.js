import { n as stepOutcome, t as runDeployer } from "./run-deploy2.js";

export { runDeployer };