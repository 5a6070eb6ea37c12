import { t as githubDeployments } from "./deployments.js";

export { githubDeployments };