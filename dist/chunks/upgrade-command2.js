import { n as upgradeCommand, t as openHere } from "./upgrade-command.js";

export { upgradeCommand };