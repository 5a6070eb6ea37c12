import { n as openapiTestRunner, t as describedApi } from "./openapi.js";

export { openapiTestRunner };