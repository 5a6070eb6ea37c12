import { t as githubPullRequests } from "./pull-requests.js";

export { githubPullRequests };