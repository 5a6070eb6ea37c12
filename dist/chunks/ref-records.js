import { t as refRecords } from "./ref-records2.js";

export { refRecords };