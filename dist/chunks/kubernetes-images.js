import { c as looseObject, d as record, l as number, p as string, r as array } from "./schemas.js";

// src/adapters/kubernetes-object.ts
const kubernetesObject = looseObject({
	apiVersion: string().min(1),
	kind: string().min(1),
	metadata: looseObject({
		name: string(),
		namespace: string().optional(),
		uid: string().optional(),
		generation: number().optional(),
		labels: record(string(), string()).nullish(),
		annotations: record(string(), string()).nullish()
	})
});
const list = looseObject({ items: array(kubernetesObject) });
const ROLLING = [
	"Deployment",
	"StatefulSet",
	"DaemonSet"
];
function isWorkload({ apiVersion, kind }) {
	if (apiVersion.startsWith("apps/")) return ROLLING.includes(kind);
	return isJob({
		apiVersion,
		kind
	}) || apiVersion.startsWith("batch/") && kind === "CronJob";
}
function isJob({ apiVersion, kind }) {
	return apiVersion.startsWith("batch/") && kind === "Job";
}
function objectText({ kind, metadata }, namespace) {
	const where = metadata.namespace ?? namespace;
	return `${kind} ${where === void 0 ? "" : `${where}/`}${metadata.name}`;
}
function kubectlName({ apiVersion, kind, metadata }) {
	return `${resourceName({
		apiVersion,
		kind
	})}/${metadata.name}`;
}
function resourceName({ apiVersion, kind }) {
	const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
	return kind.toLowerCase() + group;
}
function isSame(one, other, namespace) {
	const where = ({ metadata }) => metadata.namespace ?? namespace ?? "";
	return (where(one) === where(other) || one.metadata.namespace === void 0) && kubectlName(one) === kubectlName(other);
}
function identityOf({ apiVersion, kind, metadata }) {
	const { name, namespace } = metadata;
	return {
		apiVersion,
		kind,
		metadata: {
			name,
			...namespace !== void 0 && { namespace }
		}
	};
}
function listText(objects) {
	return JSON.stringify({
		apiVersion: "v1",
		kind: "List",
		items: objects
	});
}
function parseObjects(printed) {
	if (printed.trim() === "") return [];
	const parsed = JSON.parse(printed);
	const many = list.safeParse(parsed);
	return many.success ? many.data.items : [kubernetesObject.parse(parsed)];
}

// src/adapters/kubernetes-images.ts
const images = record(string(), string().regex(/@sha256:[0-9a-f]{64}$/));
function imagesOf(values) {
	const text = values["SEAMLESS_IMAGES"];
	return text === void 0 || text === "" ? {} : images.parse(JSON.parse(text));
}
function pinImages(objects, built) {
	return objects.map((object) => mapImages(object, (image) => built[repositoryOf(image)] ?? image));
}
function unusedImages(objects, built) {
	const named = new Set(imagesIn(objects).map(repositoryOf));
	return Object.keys(built).filter((name) => !named.has(name));
}
function imagesIn(objects) {
	const found = /* @__PURE__ */ new Set();
	for (const object of objects) mapImages(object, (image) => {
		found.add(image);
		return image;
	});
	return [...found];
}
function repositoryOf(image) {
	const [name = ""] = image.split("@");
	const slash = name.lastIndexOf("/");
	const colon = name.indexOf(":", slash + 1);
	return colon === -1 ? name : name.slice(0, colon);
}
const container = looseObject({ image: string().optional() });
const podSpec = looseObject({
	containers: array(container).optional(),
	initContainers: array(container).nullish()
});
function mapImages(object, change) {
	return isPod(object) || isWorkload(object) || isReplicaSet(object) ? within(object, podPath(object), (spec) => withImages(spec, change)) : object;
}
const isPod = ({ apiVersion, kind }) => apiVersion === "v1" && kind === "Pod";
const isReplicaSet = ({ kind }) => /^Replica(?:Set|tionController)$/.test(kind);
function podPath(object) {
	if (isPod(object)) return ["spec"];
	const template = [
		"spec",
		"template",
		"spec"
	];
	return object.kind === "CronJob" ? [
		"spec",
		"jobTemplate",
		...template
	] : template;
}
function within(value, path, change) {
	const [key, ...rest] = path;
	if (key === void 0) return change(value);
	if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
	return {
		...value,
		[key]: within(value[key], rest, change)
	};
}
function withImages(spec, change) {
	const read = podSpec.safeParse(spec);
	if (!read.success) return spec;
	const pinned = (containers) => containers.map((one) => one.image === void 0 ? one : {
		...one,
		image: change(one.image)
	});
	const { containers, initContainers } = read.data;
	return {
		...read.data,
		...containers && { containers: pinned(containers) },
		...initContainers && { initContainers: pinned(initContainers) }
	};
}

export { unusedImages as a, isSame as c, kubernetesObject as d, listText as f, resourceName as h, repositoryOf as i, isWorkload as l, parseObjects as m, imagesOf as n, identityOf as o, objectText as p, pinImages as r, isJob as s, imagesIn as t, kubectlName as u };