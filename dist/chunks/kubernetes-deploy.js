import { a as refusalText, c as openKubectl, i as noAnswerText, n as failureOf, o as refusedOf, r as faultText, s as faultsOf, t as appliedOf } from "./kubernetes-refusal.js";
import { c as looseObject, d as record, f as strictObject, g as unknown$1, i as boolean, l as number, o as int, p as string, r as array, u as object } from "./schemas.js";
import { a as unusedImages, c as isSame, d as kubernetesObject, f as listText, h as resourceName, i as repositoryOf, l as isWorkload, m as parseObjects, n as imagesOf, o as identityOf, p as objectText, r as pinImages, s as isJob, t as imagesIn, u as kubectlName } from "./kubernetes-images.js";
import { f as UsageError } from "./errors.js";
import { n as pathInside } from "./path-inside.js";
import { t as assertInside } from "./run-shell.js";
import { t as thrownFailure } from "./thrown-failure.js";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";

// src/adapters/kubernetes-manifests.ts
var ManifestError = class extends Error {
	name = "ManifestError";
	failure;
	constructor(failure) {
		super(failure.message);
		this.failure = failure;
	}
};
async function readManifests(source, kubectl, context) {
	await assertInside(context);
	const found = (source.kustomize === void 0 ? await parsed$1(kubectl, await filesOf(source.manifests ?? [], context)) : await built(kubectl, await insideOf(source.kustomize, context))).split(/^\}$/m).slice(0, -1).map((text) => parseObject(`${text}}`, context.step));
	assertEachOnce(found, context.step);
	return found;
}
async function built(kubectl, folder) {
	const end = await kubectl.run(["kustomize", folder], { isLocal: true });
	if (end.kind === "failed") throw new ManifestError(end.failure);
	return parsed$1(kubectl, ["-"], end.stdout);
}
async function parsed$1(kubectl, files, input) {
	const args = [
		"patch",
		"--local",
		"--type=merge",
		"--patch={}",
		"--output=json"
	];
	const call = {
		isLocal: true,
		...input !== void 0 && { input }
	};
	const end = await kubectl.run([...args, ...files.map((file) => `--filename=${file}`)], call);
	if (end.kind === "failed") throw new ManifestError(end.failure);
	return end.stdout;
}
async function filesOf(paths, context) {
	const files = [];
	for (const path of paths) {
		const place = await insideOf(path, context);
		files.push(...(await stat(place)).isDirectory() ? await filesIn(path, place, context) : [place]);
	}
	return files;
}
const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/;
async function filesIn(path, folder, context) {
	const names = (await readdir(folder)).sort();
	if (names.some((name) => KUSTOMIZATION.test(name))) throw new UsageError(`${context.step}: ${path} has a kustomization. Name it as "kustomize: ${path}" instead of under "manifests".`);
	const manifests = names.filter((name) => /\.(?:json|ya?ml)$/.test(name));
	if (manifests.length === 0) throw new UsageError(`${context.step}: ${path} has no .yaml, .yml or .json file. Folders within it are not looked into: name each under "manifests".`);
	return Promise.all(manifests.map((name) => insideOf(join(path, name), context)));
}
async function insideOf(path, { step, root, directory }) {
	try {
		return await pathInside(root, join(relative(root, directory), path));
	} catch (error) {
		throw new UsageError(`${step}: ${error.message}`, { cause: error });
	}
}
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9:._-]{0,251}[A-Za-z0-9])?$/;
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
function parseObject(text, step) {
	const read = kubernetesObject.safeParse(JSON.parse(text));
	if (!read.success) {
		const { kind } = JSON.parse(text);
		const [issue] = read.error.issues;
		throw unusable(step, `a manifest of kind ${JSON.stringify(kind)} cannot be used: ${issue?.path.join(".")}: ${issue?.message}. Each needs a metadata.name of its own ("generateName" would make another object each time).`);
	}
	const { kind, metadata } = read.data;
	if (!NAME.test(metadata.name)) throw badName(step, kind, `name ${JSON.stringify(metadata.name.slice(0, 100))}`);
	if (metadata.namespace !== void 0 && !NAMESPACE.test(metadata.namespace)) throw badName(step, kind, `namespace ${JSON.stringify(metadata.namespace.slice(0, 100))}`);
	return read.data;
}
function badName(step, kind, what) {
	return unusable(step, `a manifest of kind ${kind} has the ${what}, which Kubernetes does not take: lower-case letters, digits, - and ., beginning and ending with a letter or digit.`);
}
function unusable(step, message) {
	return new ManifestError({
		why: "report",
		message: `${step}: ${message}`,
		output: ""
	});
}
function assertEachOnce(objects, step) {
	const seen = /* @__PURE__ */ new Set();
	for (const object of objects) {
		const key = `${object.metadata.namespace ?? ""} ${kubectlName(object)}`;
		if (seen.has(key)) throw unusable(step, `the manifests have ${kubectlName(object)} twice. Remove one of them.`);
		seen.add(key);
	}
}

// src/adapters/kubernetes-release.ts
const VERSION_ANNOTATION = "seamless/version";
const COMMIT_ANNOTATION = "seamless/commit";
const FIELD_MANAGER = "seamless";
async function readRelease(settings, kubectl, context) {
	const objects = await readManifests(settings, kubectl, context);
	const { SEAMLESS_VERSION: version = "", SEAMLESS_SHA: sha = "" } = context.values;
	const pinned = pinImages(objects, imagesOf(context.values));
	return {
		objects: inOrder(pinned.map((object) => marked(object, pinned, {
			version,
			sha
		}))),
		version,
		sha
	};
}
function isMarked(object, all) {
	return isWorkload(object) || !all.some(isWorkload);
}
function marked(object, all, { version, sha }) {
	if (!isMarked(object, all)) return object;
	const marks = {
		[VERSION_ANNOTATION]: version,
		...sha !== "" && { [COMMIT_ANNOTATION]: sha }
	};
	const annotations = {
		...object.metadata.annotations,
		...marks
	};
	return {
		...object,
		metadata: {
			...object.metadata,
			annotations
		}
	};
}
function isFoundation({ kind }) {
	return kind === "Namespace" || kind === "CustomResourceDefinition";
}
function inOrder(objects) {
	return objects.toSorted((a, b) => rankOf(a) - rankOf(b));
}
function rankOf(object) {
	if (isFoundation(object)) return 0;
	return isWorkload(object) ? 2 : 1;
}
const HIDDEN_MIN = 8;
function hiddenValues(objects) {
	return objects.filter(isSecret).flatMap((secret) => {
		return Object.values(secretData(secret)).flatMap((base64) => [base64, Buffer.from(base64, "base64").toString("utf8")]);
	}).filter((value) => value.length >= HIDDEN_MIN);
}
function isSecret({ apiVersion, kind }) {
	return apiVersion === "v1" && kind === "Secret";
}
function secretData(secret) {
	const { data, stringData } = secret;
	const plain = Object.entries(textsOf(stringData)).map(([key, value]) => [key, Buffer.from(value, "utf8").toString("base64")]);
	return {
		...textsOf(data),
		...Object.fromEntries(plain)
	};
}
function textsOf(mapping) {
	if (typeof mapping !== "object" || mapping === null) return {};
	return Object.fromEntries(Object.entries(mapping).filter((entry) => typeof entry[1] === "string"));
}

// src/adapters/kubernetes-condition.ts
const condition = looseObject({
	type: string(),
	status: string(),
	reason: string().optional(),
	message: string().optional()
});

// src/adapters/kubernetes-rollout.ts
const count = int().optional();
const workload = looseObject({
	metadata: looseObject({ generation: number().optional() }),
	spec: looseObject({
		replicas: count,
		completions: count,
		paused: boolean().optional(),
		suspend: boolean().optional(),
		progressDeadlineSeconds: count,
		updateStrategy: looseObject({
			type: string().optional(),
			rollingUpdate: looseObject({ partition: count }).nullish()
		}).optional()
	}),
	status: looseObject({
		observedGeneration: number().optional(),
		replicas: count,
		updatedReplicas: count,
		readyReplicas: count,
		availableReplicas: count,
		desiredNumberScheduled: count,
		updatedNumberScheduled: count,
		numberAvailable: count,
		succeeded: count,
		conditions: array(condition).optional()
	}).prefault({})
});
function rolloutOf(object) {
	if (!isWorkload(object) || object.kind === "CronJob") return { kind: "done" };
	const read = workload.safeParse(object);
	if (!read.success) return progressing("it has no status yet");
	const { metadata, spec, status } = read.data;
	if (object.kind === "Job") return jobRollout(read.data);
	if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return progressing("its controller has not seen it yet");
	if (object.kind === "Deployment") return deploymentRollout(read.data);
	if (spec.updateStrategy?.type === "OnDelete") return { kind: "done" };
	return object.kind === "StatefulSet" ? statefulSetRollout(read.data) : daemonSetRollout(read.data);
}
function progressing(said) {
	return {
		kind: "progressing",
		said
	};
}
function conditionOf({ status }, type) {
	return status.conditions?.find((condition) => condition.type === type && condition.status === "True");
}
function deploymentRollout(deployment) {
	const { spec, status } = deployment;
	const wanted = spec.replicas ?? 1;
	const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
	if (spec.paused === true) return {
		kind: "failed",
		said: "it is paused; nothing is rolled out until \"kubectl rollout resume\""
	};
	const stuck = status.conditions?.some(({ reason }) => reason === "ProgressDeadlineExceeded");
	const said = `${availableReplicas} of ${wanted} pods available, ${updatedReplicas} of them new`;
	if (stuck === true) return {
		kind: "failed",
		said: `${said}; no progress for ${spec.progressDeadlineSeconds ?? 600} s (its progressDeadlineSeconds)`
	};
	const old = replicas - updatedReplicas;
	if (updatedReplicas < wanted || availableReplicas < updatedReplicas) return progressing(said);
	return old > 0 ? progressing(`${old} old ${old === 1 ? "pod is" : "pods are"} still ending`) : { kind: "done" };
}
function statefulSetRollout({ spec, status }) {
	const wanted = spec.replicas ?? 1;
	const kept = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
	const changed = Math.max(0, wanted - kept);
	const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = readyReplicas } = status;
	if (updatedReplicas < changed || availableReplicas < wanted) return progressing(`${availableReplicas} of ${wanted} pods available, ${updatedReplicas} of ${changed} new`);
	return { kind: "done" };
}
function daemonSetRollout({ status }) {
	const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
	if (updatedNumberScheduled < desiredNumberScheduled || numberAvailable < desiredNumberScheduled) return progressing(`${numberAvailable} of ${desiredNumberScheduled} pods available, ${updatedNumberScheduled} of them new`);
	return { kind: "done" };
}
function jobRollout(job) {
	const { spec, status } = job;
	if (conditionOf(job, "Complete") !== void 0) return { kind: "done" };
	const failed = conditionOf(job, "Failed");
	if (failed !== void 0) return {
		kind: "failed",
		said: `it failed: ${failed.message ?? failed.reason ?? "no reason given"}`
	};
	if (spec.suspend === true) return { kind: "done" };
	return progressing(`${status.succeeded ?? 0} of ${spec.completions ?? 1} pods have ended well`);
}

// src/adapters/kubernetes-apply.ts
async function liveObjects(kubectl, objects) {
	const input = listText(objects.map(identityOf));
	const end = await kubectl.run([
		"get",
		"--filename=-",
		"--ignore-not-found",
		"--show-managed-fields",
		"--output=json"
	], { input });
	return {
		end,
		found: end.kind === "done" ? parseObjects(end.stdout) : []
	};
}
async function checkRelease(kubectl, objects, applying) {
	const { attempt, alsoTried } = applying;
	const { end: got, found: before } = await liveObjects(kubectl, knownKinds(objects));
	if (got.kind === "failed") return refused(got, [], attempt);
	const all = [...objects, ...alsoTried];
	const end = await apply(kubectl, all, {
		...applying,
		isDry: true
	});
	if (end.kind === "done") return {
		kind: "ready",
		before,
		jobs: []
	};
	const faults = refusedOf(end, all);
	const jobs = jobsToRunAnew(faults, objects, before, kubectl.namespace);
	const left = faults.filter((one) => !isExpected(one, objects) && !isReplaced(one, jobs));
	if (left.length === 0 && faults.length > 0) return {
		kind: "ready",
		before,
		jobs
	};
	return refused(end, left, attempt);
}
function knownKinds(objects) {
	const definitions = objects.filter(({ kind }) => kind === "CustomResourceDefinition");
	const own = new Set(definitions.map((object) => object.spec?.names?.kind));
	return objects.filter(({ kind }) => !own.has(kind));
}
function refused(end, faults, attempt) {
	const known = faults.length > 0 ? faults : refusedOf(end, []);
	const message = noAnswerText(end, attempt) ?? (known.length > 0 ? `${attempt.step}: the cluster refuses the release. ${refusalText(known, attempt)}` : end.failure.message);
	const isConflict = known.length > 0 && known.every(({ fault }) => fault.kind === "conflict");
	return {
		kind: "refused",
		failure: {
			...failureOf(end, `${message} Nothing was changed.`),
			isUntouched: true
		},
		isConflict
	};
}
function isExpected({ fault }, objects) {
	if (fault.kind === "no_kind") return objects.some(({ kind }) => kind === "CustomResourceDefinition");
	if (fault.kind !== "no_namespace") return false;
	return objects.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === fault.namespace);
}
function jobsToRunAnew(faults, objects, before, namespace) {
	const names = jobsNamed(faults.map(({ fault }) => fault));
	return objects.filter((job) => {
		if (!isJob(job) || !names.has(job.metadata.name)) return false;
		const live = before.find((one) => isSame(job, one, namespace));
		const isOurs = live?.metadata.annotations?.[VERSION_ANNOTATION] !== void 0;
		return live !== void 0 && isOurs && rolloutOf(live).kind !== "progressing";
	});
}
function isReplaced({ fault }, jobs) {
	return fault.kind === "immutable_job" && jobs.some(({ metadata }) => metadata.name === fault.name);
}
async function unchangeableJobs(kubectl, objects, isForced) {
	const jobs = objects.filter(isJob);
	if (jobs.length === 0) return [];
	const end = await apply(kubectl, jobs, {
		isForced,
		isDry: true
	});
	const names = jobsNamed(faultsOf(end.said));
	return jobs.filter(({ metadata }) => names.has(metadata.name));
}
function jobsNamed(faults) {
	return new Set(faults.flatMap((fault) => fault.kind === "immutable_job" ? [fault.name] : []));
}
async function applyRelease(kubectl, objects, jobs, applying) {
	const parts = [
		objects.filter(isFoundation),
		objects.filter((object) => !isFoundation(object) && !isWorkload(object)),
		objects.filter((object) => isWorkload(object))
	];
	const done = [];
	for (const part of parts.filter((part) => part.length > 0)) {
		const end = await removeJobs(kubectl, part.filter((one) => jobs.includes(one))) ?? await apply(kubectl, part, {
			...applying,
			isDry: false
		});
		done.push(...appliedOf(end, part));
		if (end.kind === "failed") return halfApplied(end, {
			part,
			done,
			objects,
			attempt: applying.attempt
		});
		const late = await established(kubectl, part);
		if (late !== void 0) return halfApplied(late, {
			part,
			done,
			objects,
			attempt: applying.attempt
		});
	}
}
async function apply(kubectl, objects, { isForced, isDry }) {
	const args = [
		"apply",
		"--server-side",
		`--field-manager=${FIELD_MANAGER}`,
		...isForced ? ["--force-conflicts"] : [],
		...isDry ? ["--dry-run=server"] : [],
		"--filename=-"
	];
	return kubectl.run(args, {
		input: listText(objects),
		hidden: hiddenValues(objects),
		isLogged: !isDry
	});
}
async function removeJobs(kubectl, jobs) {
	if (jobs.length === 0) return void 0;
	const end = await kubectl.run([
		"delete",
		"--filename=-",
		"--ignore-not-found",
		"--wait=true",
		"--timeout=60s"
	], {
		input: listText(jobs.map(identityOf)),
		isLogged: true
	});
	return end.kind === "failed" ? end : void 0;
}
async function established(kubectl, part) {
	const kinds = part.filter(({ kind }) => kind === "CustomResourceDefinition");
	if (kinds.length === 0) return void 0;
	const names = kinds.map((kind) => `${resourceName(kind)}/${kind.metadata.name}`);
	const end = await kubectl.run([
		"wait",
		"--for=condition=Established",
		"--timeout=60s",
		...names
	]);
	return end.kind === "failed" ? end : void 0;
}
function halfApplied(end, { part, done, objects, attempt }) {
	const faults = refusedOf(end, part);
	const why = noAnswerText(end, attempt) ?? (faults.length > 0 ? `${attempt.step}: ${refusalText(faults, attempt)}` : end.failure.message);
	const names = done.map((object) => objectText(object, attempt.namespace));
	const half = done.length === 0 ? "Nothing of the release is known to be applied, but what kubectl was doing when it ended may be." : `The release is half applied: ${done.length} of ${objects.length} objects are the new ones (${names.join(", ")}), the others are as before.`;
	return failureOf(end, `${why} ${half}`);
}

// src/adapters/kubernetes-prune.ts
const KINDS = [
	"deployments.apps",
	"statefulsets.apps",
	"daemonsets.apps",
	"jobs.batch",
	"cronjobs.batch",
	"services",
	"configmaps",
	"secrets",
	"serviceaccounts",
	"ingresses.networking.k8s.io",
	"networkpolicies.networking.k8s.io",
	"poddisruptionbudgets.policy",
	"horizontalpodautoscalers.autoscaling",
	"roles.rbac.authorization.k8s.io",
	"rolebindings.rbac.authorization.k8s.io"
];
const managed = looseObject({ metadata: looseObject({
	managedFields: array(looseObject({
		manager: string().optional(),
		operation: string().optional()
	})).optional(),
	deletionTimestamp: string().optional()
}) });
async function leftOver(kubectl, selector, objects) {
	const args = [
		"get",
		KINDS.join(","),
		`--selector=${selector}`,
		"--show-managed-fields",
		"--output=json"
	];
	const end = await kubectl.run(args);
	if (end.kind === "failed") return {
		end,
		found: []
	};
	return {
		end,
		found: parseObjects(end.stdout).filter((one) => isOurs(one) && !objects.some((object) => isSame(object, one, kubectl.namespace)))
	};
}
function isOurs(object) {
	const { metadata } = managed.parse(object);
	return metadata.managedFields?.some(({ manager, operation }) => manager === "seamless" && operation === "Apply") === true && metadata.deletionTimestamp === void 0;
}
async function remove(kubectl, objects) {
	return kubectl.run([
		"delete",
		"--filename=-",
		"--ignore-not-found",
		"--wait=false"
	], {
		input: listText(objects.map(identityOf)),
		isLogged: true
	});
}

// src/adapters/kubernetes-record.ts
const RECORD = strictObject({
	version: string(),
	sha: string(),
	objects: array(kubernetesObject)
});
const SERVICE_LABEL = "seamless/service";
const SINCE_ANNOTATION = "seamless/live-since";
const RECORD_MAX_BYTES = 1e6;
function recordOf(release, context, nowMs) {
	const text = JSON.stringify({
		version: release.version,
		sha: release.sha,
		objects: release.objects
	});
	const data = gzipSync(text).toString("base64");
	if (data.length > RECORD_MAX_BYTES) return void 0;
	return {
		apiVersion: "v1",
		kind: "Secret",
		metadata: {
			name: recordName(context, release.version),
			labels: { [SERVICE_LABEL]: serviceOf(context) },
			annotations: {
				"seamless/version": release.version,
				"seamless/environment": context.values["SEAMLESS_ENVIRONMENT"] ?? "",
				[SINCE_ANNOTATION]: new Date(nowMs).toISOString()
			}
		},
		type: "seamless/release",
		data: { release: data }
	};
}
function serviceOf({ values, root, directory }) {
	const { SEAMLESS_REPOSITORY = "", SEAMLESS_ENVIRONMENT = "" } = values;
	return digest([
		SEAMLESS_REPOSITORY,
		SEAMLESS_ENVIRONMENT,
		relative(root, directory)
	]);
}
function recordName(context, version) {
	return `seamless.${serviceOf(context)}.${digest([version])}`;
}
function digest(parts) {
	return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
async function readRecord(kubectl, context) {
	const { SEAMLESS_VERSION: version = "", SEAMLESS_SHA: sha = "" } = context.values;
	const args = [
		"get",
		`secret/${recordName(context, version)}`,
		"--ignore-not-found",
		"--output=json"
	];
	const end = await kubectl.run(args);
	if (end.kind === "failed") return {
		kind: "failed",
		end
	};
	const [secret] = parseObjects(end.stdout);
	if (secret === void 0) return {
		kind: "none",
		why: "the cluster has no record of it"
	};
	const record = unpacked(secret);
	if (record === void 0) return {
		kind: "none",
		why: "its record in the cluster cannot be read"
	};
	if (sha !== "" && record.sha !== "" && record.sha !== sha) return {
		kind: "none",
		why: `the cluster's record of it is of another commit (${record.sha.slice(0, 12)})`
	};
	return {
		kind: "recorded",
		release: record
	};
}
const secretOfRecord = looseObject({ data: looseObject({ release: string() }) });
const UNPACKED_MAX_BYTES = 67108864;
function unpacked(secret) {
	try {
		const { data } = secretOfRecord.parse(secret);
		const text = gunzipSync(Buffer.from(data.release, "base64"), { maxOutputLength: UNPACKED_MAX_BYTES });
		return RECORD.parse(JSON.parse(text.toString("utf8")));
	} catch {
		return;
	}
}
async function keepRecord(kubectl, record, history) {
	const args = [
		"apply",
		"--server-side",
		"--force-conflicts",
		`--field-manager=${FIELD_MANAGER}`,
		"--filename=-"
	];
	const kept = await kubectl.run(args, { input: listText([record]) });
	if (kept.kind === "failed") return kept;
	const label = record.metadata.labels?.[SERVICE_LABEL] ?? "";
	const all = await kubectl.run([
		"get",
		"secrets",
		`--selector=${SERVICE_LABEL}=${label}`,
		"--output=json"
	]);
	if (all.kind === "failed") return all;
	const old = parseObjects(all.stdout).filter(({ metadata }) => metadata.name !== record.metadata.name).sort((a, b) => sinceOf(a) < sinceOf(b) ? 1 : -1).slice(Math.max(0, history - 1));
	if (old.length === 0) return all;
	return kubectl.run([
		"delete",
		"secret",
		"--ignore-not-found",
		...old.map(({ metadata }) => metadata.name)
	]);
}
function sinceOf({ metadata }) {
	return metadata.annotations?.[SINCE_ANNOTATION] ?? "";
}

// src/adapters/kubernetes-why.ts
const containerStatus = looseObject({
	name: string(),
	image: string().optional(),
	ready: boolean().optional(),
	restartCount: int().prefault(0),
	state: looseObject({
		waiting: looseObject({
			reason: string().optional(),
			message: string().optional()
		}).optional(),
		terminated: looseObject({
			exitCode: int(),
			message: string().optional()
		}).optional()
	}).prefault({}),
	lastState: looseObject({ terminated: looseObject({
		exitCode: int(),
		message: string().optional()
	}).optional() }).prefault({})
});
const owner = looseObject({ uid: string() });
const podOrReplicaSet = looseObject({
	kind: string(),
	metadata: looseObject({
		name: string(),
		uid: string(),
		deletionTimestamp: string().optional(),
		labels: record(string(), string()).optional(),
		annotations: record(string(), string()).optional(),
		ownerReferences: array(owner).optional()
	}),
	spec: looseObject({ containers: array(looseObject({ image: string().optional() })).optional() }).optional(),
	status: looseObject({
		phase: string().optional(),
		conditions: array(condition).optional(),
		containerStatuses: array(containerStatus).optional(),
		initContainerStatuses: array(containerStatus).optional()
	}).prefault({})
});
const warningEvent = looseObject({
	reason: string().optional(),
	message: string().optional(),
	involvedObject: looseObject({ uid: string().optional() })
});
function causesOf(evidence) {
	const sets = evidence.around.filter((one) => one.kind === "ReplicaSet" && isOwn(one, evidence));
	const owners = /* @__PURE__ */ new Set([evidence.uid, ...sets.map(({ metadata }) => metadata.uid)]);
	const isOfIts = ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => owners.has(uid)) === true;
	const pods = evidence.around.filter((one) => one.kind === "Pod" && isOfIts(one) && one.metadata.deletionTimestamp === void 0);
	const found = pods.flatMap((pod) => {
		const cause = causeOf(pod, evidence.events);
		return cause === void 0 ? [] : [{
			...cause,
			pod: pod.metadata.name
		}];
	});
	return [...refusals(owners, evidence.events, pods.length), ...joined(found)];
}
function isOwn({ metadata }, { uid, revision }) {
	const number = metadata.annotations?.["deployment.kubernetes.io/revision"];
	return metadata.ownerReferences?.some((owner) => owner.uid === uid) === true && (revision === void 0 || number === void 0 || number === revision);
}
function refusals(owners, events, pods) {
	const last = events.findLast(({ reason, involvedObject }) => reason === "FailedCreate" && owners.has(involvedObject.uid ?? ""));
	if (last?.message === void 0) return [];
	const message = last.message.replace(/^(?:\(combined from similar events\): )?Error creating: /, "").replace(/^pods "[^"]*" is /, "the pod is ");
	return [{
		kind: "pods_refused",
		said: `${pods === 0 ? "no" : "not every"} pod can be created: ${short(message)}`
	}];
}
function causeOf(pod, events) {
	const { status } = pod;
	const containers = [...status.initContainerStatuses ?? [], ...status.containerStatuses ?? []];
	for (const container of containers) {
		const cause = containerCause(container, pod);
		if (cause !== void 0) return cause;
	}
	const unscheduled = status.conditions?.find(({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable");
	if (unscheduled !== void 0) return {
		kind: "unschedulable",
		said: `no node takes it: ${short(unscheduled.message ?? "")}`
	};
	if (status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true || status.phase === "Succeeded") return void 0;
	const last = events.findLast(({ involvedObject }) => involvedObject.uid === pod.metadata.uid);
	if (last?.message !== void 0) return {
		kind: last.reason === "Unhealthy" ? "not_ready" : "pod_event",
		said: short(last.message)
	};
	return status.phase === "Running" ? {
		kind: "not_ready",
		said: "it runs, and its readiness probe has not succeeded yet"
	} : void 0;
}
function containerCause(container, pod) {
	const { name, image = "", restartCount, state, lastState } = container;
	const { reason = "", message = "" } = state.waiting ?? {};
	if (/ImagePull|^InvalidImageName$|^ErrImage|^RegistryUnavailable$/.test(reason)) {
		const said = message.replace(/^Back-off pulling image "[^"]*": /, "");
		return {
			kind: "image_pull",
			said: `cannot pull ${image}: ${said === "" ? reason : short(said)}`
		};
	}
	if (/^(?:CreateContainer\w*Error|RunContainerError)$/.test(reason)) return {
		kind: "container_config",
		said: `container ${name} cannot be made: ${short(message)}`
	};
	const ended = state.terminated ?? lastState.terminated;
	if (ended === void 0 || ended.exitCode === 0 || container.ready === true) return void 0;
	const last = ended.message === void 0 ? "" : `: ${short(ended.message)}`;
	const exit = `ended with exit code ${ended.exitCode}${last}`;
	if (pod.status.phase === "Failed") return {
		kind: "job_pod",
		said: `container ${name} ${exit}`
	};
	return restartCount < CRASH_LOOP ? {
		kind: "pod_event",
		said: `container ${name} ${exit}; it was restarted ${restartCount} times`
	} : {
		kind: "crash_loop",
		said: `container ${name} crashes: it was restarted ${restartCount} times and last ${exit} (its log: kubectl logs ${pod.metadata.name} -c ${name} --previous)`
	};
}
const CRASH_LOOP = 3;
const ORDER = [
	"image_pull",
	"crash_loop",
	"container_config",
	"job_pod",
	"unschedulable",
	"not_ready",
	"pod_event"
];
function joined(found) {
	const groups = /* @__PURE__ */ new Map();
	for (const { kind, said, pod } of found) {
		const key = `${kind} ${said.replaceAll(pod, "")}`;
		const group = groups.get(key) ?? {
			kind,
			said,
			pods: []
		};
		group.pods.push(pod);
		groups.set(key, group);
	}
	return [...groups.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)).map(({ kind, said, pods }) => ({
		kind,
		said: `${podsText(pods)}: ${said}`
	}));
}
function podsText([first = "", ...more]) {
	return more.length === 0 ? `pod ${first}` : `pod ${first} and ${more.length} more`;
}
const SHORT_MAX = 300;
function short(text) {
	const line = text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
	return line.length <= SHORT_MAX ? line : `${line.slice(0, SHORT_MAX)}…`;
}

// src/adapters/kubernetes-wait.ts
const EVERY_MS = 2e3;
const SILENCE_MS = 6e4;
const PATIENCE_MS = {
	image_pull: 6e4,
	crash_loop: 0,
	container_config: 6e4
};
async function waitForRollouts(kubectl, workloads, waiting) {
	const { clock, signal, timeoutMs, say, isOwed } = waiting;
	const startMs = clock.now();
	const seen = /* @__PURE__ */ new Map();
	let lastAnswerMs = startMs;
	let lastLine = "";
	for (;;) {
		signal.throwIfAborted();
		const look = await lookAt(kubectl, workloads, isOwed);
		const now = clock.now();
		if (look.kind === "silent") {
			if (now - lastAnswerMs >= Math.min(SILENCE_MS, timeoutMs)) return {
				kind: "failed",
				why: "exit",
				message: `the cluster stopped answering while it rolled out: ${look.said}`
			};
		} else {
			lastAnswerMs = now;
			const line = look.hanging.map(({ text, said }) => `${text}: ${said}`).join("; ");
			if (line !== lastLine && line !== "") say(line);
			lastLine = line;
			if (look.hanging.length === 0) return { kind: "rolled_out" };
			const end = endOf(look.hanging, {
				seen,
				now,
				isLate: now - startMs >= timeoutMs,
				timeoutMs
			});
			if (end !== void 0) return end;
		}
		await clock.sleep(EVERY_MS, signal);
	}
}
async function lookAt(kubectl, workloads, isOwed) {
	const input = listText(workloads.map(identityOf));
	const end = await kubectl.run([
		"get",
		"--filename=-",
		"--ignore-not-found",
		"--output=json"
	], { input });
	if (end.kind === "failed") return {
		kind: "silent",
		said: end.said.at(-1) ?? end.failure.message
	};
	const live = parseObjects(end.stdout);
	return {
		kind: "looked",
		hanging: (await Promise.all(workloads.map(async (workload) => {
			const text = objectText(workload, kubectl.namespace);
			const found = live.find((one) => isSame(workload, one, kubectl.namespace));
			if (found === void 0) return [{
				text,
				said: "somebody deleted it",
				isOver: true,
				causes: []
			}];
			const rollout = rolloutOf(found);
			if (rollout.kind === "done" || !isOwed(found)) return [];
			const causes = await causesFor(kubectl, found);
			return [{
				text,
				said: rollout.said,
				isOver: rollout.kind === "failed",
				causes
			}];
		}))).flat()
	};
}
const items = object({ items: array(unknown$1()) });
async function causesFor(kubectl, workload) {
	const where = workload.metadata.namespace === void 0 ? [] : [`--namespace=${workload.metadata.namespace}`];
	const get = (what, more) => kubectl.run([
		"get",
		what,
		"--output=json",
		...where,
		...more
	]);
	const [around, events] = await Promise.all([get("pods,replicasets.apps", selectorOf(workload)), get("events", ["--field-selector=type=Warning", "--sort-by=.metadata.creationTimestamp"])]);
	const unseen = [around, events].flatMap((end) => end.kind === "failed" ? [...faultsOf(end.said).map(faultText), end.failure.message].slice(0, 1) : []);
	const found = causesOf({
		uid: workload.metadata.uid ?? "",
		revision: workload.metadata.annotations?.["deployment.kubernetes.io/revision"],
		around: parsed(around, podOrReplicaSet),
		events: parsed(events, warningEvent)
	});
	if (found.length > 0 || unseen.length === 0) return found;
	return [{
		kind: "pod_event",
		said: `more cannot be seen, ${unseen.join(", ")}`
	}];
}
function parsed(end, item) {
	if (end.kind === "failed") return [];
	return items.parse(JSON.parse(end.stdout)).items.flatMap((one) => {
		const read = item.safeParse(one);
		return read.success ? [read.data] : [];
	});
}
const labelled = looseObject({ spec: looseObject({ selector: looseObject({ matchLabels: record(string(), string()).optional() }).optional() }) });
function selectorOf(workload) {
	const read = labelled.safeParse(workload);
	const labels = Object.entries(read.data?.spec.selector?.matchLabels ?? {});
	return labels.length === 0 ? [] : [`--selector=${labels.map(([key, value]) => `${key}=${value}`).join(",")}`];
}
function endOf(hanging, { seen, now, isLate, timeoutMs }) {
	const isHopeless = hanging.some(({ text, isOver, causes }) => {
		const lost = causes.some((cause) => {
			const key = `${text} ${cause.kind}`;
			if (!seen.has(key)) seen.set(key, now);
			const patience = PATIENCE_MS[cause.kind];
			return patience !== void 0 && now - (seen.get(key) ?? now) >= patience;
		});
		return isOver || lost;
	});
	if (!isHopeless && !isLate) return void 0;
	const said = hanging.map(hangingText).join(" ");
	if (isHopeless) return {
		kind: "failed",
		why: "exit",
		message: said
	};
	return {
		kind: "failed",
		why: "timeout",
		message: `${said} It was waited for ${Math.round(timeoutMs / 1e3)} s ("timeout").`
	};
}
function hangingText({ text, said, causes }) {
	return `${text} does not roll out: ${said}.${causes.length === 0 ? "" : ` Why: ${causes.map((cause) => cause.said).join("; ")}.`}`;
}

// src/adapters/kubernetes-bring.ts
function isForced({ conflicts }) {
	return conflicts === "take";
}
async function bringRelease(bringing, release, isForced) {
	const { settings, shell, context, attempt, kubectl } = bringing;
	const { objects } = release;
	if (objects.length === 0) return nothingIn(context);
	const record = settings.history === 0 ? void 0 : recordOf(release, context, shell.clock.now());
	const applying = {
		attempt,
		isForced,
		alsoTried: record === void 0 ? [] : [record]
	};
	const checked = await checkRelease(kubectl, objects, applying);
	if (checked.kind === "refused") return {
		kind: "failed",
		failure: checked.failure
	};
	const refused = await applyRelease(kubectl, objects, checked.jobs, applying);
	if (refused !== void 0) return {
		kind: "failed",
		failure: refused
	};
	const hanging = await rollOut(bringing, release, checked.before);
	if (hanging !== void 0) return {
		kind: "failed",
		failure: hanging
	};
	const left = await prune(bringing, objects);
	if (left !== void 0) return {
		kind: "failed",
		failure: left
	};
	await keep(bringing, record);
	return {
		kind: "done",
		output: objects.map((object) => objectText(object, settings.namespace)).join("\n")
	};
}
function nothingIn({ step }) {
	return {
		kind: "failed",
		failure: {
			why: "report",
			message: `${step}: the manifests hold no object. Nothing was changed.`,
			output: "",
			isUntouched: true
		}
	};
}
async function rollOut({ settings, shell, context, kubectl }, { objects, version }, before) {
	const { signal, step } = context;
	const waited = await waitForRollouts(kubectl, objects.filter(isWorkload), {
		clock: shell.clock,
		signal,
		timeoutMs: settings.timeoutMs,
		say: (line) => shell.log.output(step, line),
		isOwed: (object) => isOwed(object, before, {
			version,
			namespace: kubectl.namespace
		})
	});
	if (waited.kind === "rolled_out") return void 0;
	return {
		why: waited.why,
		message: `${step}: ${waited.message}`,
		output: waited.message
	};
}
function isOwed(object, before, { version, namespace }) {
	const earlier = before.find((one) => isSame(object, one, namespace));
	if (earlier === void 0 || !isDeepStrictEqual(earlier["spec"], object["spec"])) return true;
	return earlier.metadata.annotations?.["seamless/version"] === version || rolloutOf(earlier).kind === "done";
}
async function prune({ settings, context, attempt, kubectl }, objects) {
	if (settings.prune === void 0) return void 0;
	const { end, found } = await leftOver(kubectl, settings.prune, objects);
	const last = end.kind === "done" && found.length > 0 ? await remove(kubectl, found) : end;
	if (last.kind === "done") return void 0;
	const message = `${noAnswerText(last, attempt) ?? `${context.step}: ${last.said.at(-1) ?? last.failure.message}`} All of the release is rolled out; only what it does not have any more ("prune") could not be deleted.`;
	return {
		why: last.failure.why,
		message,
		output: last.output
	};
}
async function keep({ settings, shell, context, kubectl }, record) {
	if (settings.history === 0) return;
	if (record === void 0) {
		shell.log.warning(`${context.step}: the release is too large to be recorded in the cluster (1 MiB packed).`);
		return;
	}
	const end = await keepRecord(kubectl, record, settings.history);
	if (end.kind === "failed") shell.log.warning(`${context.step}: the release could not be recorded in the cluster: ${end.said.at(-1) ?? end.failure.message}`);
}

// src/adapters/kubernetes-difference.ts
const SHOWN_MAX = 65536;
async function releaseDifference(kubectl, { objects }, { attempt, isForced, prune }) {
	const { end, found } = await liveObjects(kubectl, knownKinds(objects));
	if (end.kind === "failed") return failed(end, objects, attempt);
	const fresh = objects.filter((one) => !found.some((live) => isSame(one, live, kubectl.namespace)));
	const jobs = await unchangeableJobs(kubectl, objects, isForced);
	const shown = objects.filter((one) => !isSecret(one) && !jobs.includes(one));
	const compared = await diff(kubectl, shown, {
		isForced,
		hidden: hiddenValues(objects)
	});
	const lines = [];
	if (isComparable(compared)) lines.push(tidy(compared.stdout));
	else if (isNowhereYet(compared)) lines.push(...fresh.map((one) => `new: ${objectText(one, kubectl.namespace)}`));
	else return failed(compared, shown, attempt);
	lines.push(...objects.filter(isSecret).flatMap((secret) => secretLines(secret, found, kubectl.namespace)));
	lines.push(...jobs.map((job) => `${objectText(job, kubectl.namespace)}: is run anew, what it runs has changed`));
	if (prune !== void 0) {
		const left = await leftOver(kubectl, prune, objects);
		if (left.end.kind === "failed") return failed(left.end, [], attempt);
		lines.push(...left.found.map((one) => `deleted after the rollout: ${objectText(one)}`));
	}
	return {
		kind: "done",
		output: cut(lines.filter((line) => line !== "").join("\n"))
	};
}
async function diff(kubectl, objects, { isForced, hidden }) {
	const force = isForced ? ["--force-conflicts"] : [];
	const args = [
		"diff",
		"--server-side",
		`--field-manager=${FIELD_MANAGER}`,
		...force,
		"--filename=-"
	];
	return kubectl.run(args, {
		input: listText(objects),
		hidden,
		isShown: true
	});
}
function isComparable(end) {
	return end.kind === "done" || end.exitCode === 1;
}
function isNowhereYet(end) {
	const faults = faultsOf(end.said);
	return faults.length > 0 && faults.every(({ kind }) => kind === "no_namespace" || kind === "no_kind");
}
function failed(end, objects, attempt) {
	if (end.kind === "done") return {
		kind: "done",
		output: ""
	};
	const refused = refusedOf(end, objects);
	const message = noAnswerText(end, attempt) ?? (refused.length > 0 ? `${attempt.step}: the difference cannot be shown. ${refusalText(refused, attempt)}` : end.failure.message);
	return {
		kind: "failed",
		failure: failureOf(end, message)
	};
}
function tidy(printed) {
	return printed.split("\n").filter((line) => !line.startsWith("diff -u -N ")).map((line) => line.replace(/^(---|\+\+\+) \S*\/(?:LIVE|MERGED)-\d+\/(\S+).*$/, "$1 $2")).join("\n").trimEnd();
}
function secretLines(secret, found, namespace) {
	const live = found.find((one) => isSame(secret, one, namespace));
	const [before, after] = [live === void 0 ? {} : secretData(live), secretData(secret)];
	const name = objectText(secret, namespace);
	const keys = Object.keys(after).sort();
	if (live === void 0) return [`new: ${name} (${keys.join(", ")}; values hidden)`];
	const changes = keys.flatMap((key) => {
		if (!Object.hasOwn(before, key)) return [`${key} is new`];
		return before[key] === after[key] ? [] : [`${key} changes`];
	});
	return changes.length === 0 ? [] : [`${name}: ${changes.join(", ")} (values hidden)`];
}
function cut(text) {
	return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}\n… (cut after 64 KiB)`;
}

// src/adapters/kubernetes-status.ts
async function liveRelease(kubectl, objects, attempt) {
	const marked = objects.filter((object) => isMarked(object, objects) && !isJob(object));
	const asked = marked.length > 0 ? marked : objects;
	const { end, found } = await liveObjects(kubectl, asked);
	if (end.kind === "failed") {
		const refused = refusedOf(end, []);
		return {
			kind: "unknown",
			why: noAnswerText(end, attempt) ?? (refused.length > 0 ? `${attempt.step}: ${refusalText(refused, attempt)}` : end.failure.message)
		};
	}
	return liveOf(asked, found, kubectl.namespace);
}
function liveOf(asked, found, namespace) {
	const there = asked.flatMap((object) => found.find((one) => isSame(object, one, namespace)) ?? []);
	if (there.length === 0) return { kind: "empty" };
	const versions = /* @__PURE__ */ new Map();
	for (const object of there) {
		const version = object.metadata.annotations?.[VERSION_ANNOTATION];
		const name = objectText(object);
		if (version === void 0 || version === "") return unknown(`${name} does not say its version: it was not deployed by Seamless (no annotation ${VERSION_ANNOTATION}).`);
		versions.set(version, [...versions.get(version) ?? [], name]);
	}
	const [version = "", ...others] = versions.keys();
	if (others.length > 0) return unknown(`The workloads do not agree: ${[...versions].map(([version, names]) => `${names.join(", ")} ${names.length === 1 ? "is" : "are"} of ${version}`).join("; ")}.`);
	const hanging = there.flatMap((object) => {
		const rollout = rolloutOf(object);
		return rollout.kind === "done" ? [] : [`${objectText(object)} (${rollout.said})`];
	});
	if (hanging.length > 0) return unknown(`${version} is applied and not rolled out: ${hanging.join("; ")}.`);
	return {
		kind: "live",
		version
	};
}
function unknown(why) {
	return {
		kind: "unknown",
		why
	};
}

// src/adapters/kubernetes-take-back.ts
async function takeBackRelease(bringing) {
	const { settings, shell, attempt, kubectl } = bringing;
	const found = await recorded(bringing);
	const release = "objects" in found ? found : await fromCheckout(bringing, found.why);
	if ("kind" in release) return release;
	const lasting = {
		...release,
		objects: release.objects.filter((object) => !isJob(object))
	};
	const careful = {
		attempt,
		isForced: isForced(settings),
		alsoTried: []
	};
	const checked = await checkRelease(kubectl, lasting.objects, careful);
	const isTaken = checked.kind === "refused" && checked.isConflict;
	if (isTaken) shell.log.warning(`${checked.failure.message} It is a rollback: they are taken over.`);
	return bringRelease(bringing, lasting, isTaken || careful.isForced);
}
async function recorded({ settings, shell, context, kubectl, attempt }) {
	if (settings.history === 0) return { why: "releases are not recorded (\"history: 0\")" };
	const record = await readRecord(kubectl, context);
	if (record.kind === "recorded") {
		shell.log.output(context.step, `applying what was recorded of ${record.release.version}`);
		return record.release;
	}
	if (record.kind === "none") return { why: record.why };
	return { why: noAnswerText(record.end, attempt) ?? record.end.said.at(-1) ?? record.end.failure.message };
}
async function fromCheckout(bringing, why) {
	const { settings, shell, context, kubectl } = bringing;
	const { SEAMLESS_VERSION: version = "", SEAMLESS_SHA: sha = "" } = context.values;
	if (sha !== "" && context.commit !== void 0 && context.commit !== sha) return nowhere(context, `there is nothing to go back to ${version} by: ${why}, and this is no checkout of it.`);
	const release = await readRelease(settings, kubectl, context);
	const loose = await unpinned(kubectl, release.objects);
	if (loose.length > 0) return nowhere(context, `nobody knows any more which ${loose.join(", ")} ${version} was: ${why}, and its receipt is not here; the manifests name a tag, which may have moved. Roll back by hand ("kubectl rollout undo"), or name digests in the manifests.`);
	shell.log.warning(`${context.step}: ${why}; the manifests of its commit are applied.`);
	return release;
}
async function unpinned(kubectl, objects) {
	const { found } = await liveObjects(kubectl, objects);
	const pinned = new Set(imagesIn(found).filter((image) => image.includes("@")).map(repositoryOf));
	return imagesIn(objects).filter((image) => !image.includes("@") && pinned.has(repositoryOf(image)));
}
function nowhere({ step }, why) {
	return {
		kind: "failed",
		failure: {
			why: "report",
			message: `${step}: ${why} Nothing was changed.`,
			output: "",
			isUntouched: true
		}
	};
}

// src/adapters/kubernetes-deploy.ts
function kubernetesDeployer(settings, shell) {
	const open = (context) => {
		const { SEAMLESS_ENVIRONMENT: environment } = context.values;
		return {
			settings,
			shell,
			context,
			attempt: {
				step: context.step,
				environment,
				namespace: settings.namespace
			},
			kubectl: openKubectl(settings, shell, context)
		};
	};
	return {
		deploy: (context) => told(context, async () => {
			const bringing = open(context);
			const release = await readRelease(settings, bringing.kubectl, context);
			for (const name of unusedImages(release.objects, imagesOf(context.values))) shell.log.warning(`${context.step}: the image ${name} was built, and no workload of the manifests names it.`);
			return bringRelease(bringing, release, isForced(settings));
		}),
		rollback: (context) => told(context, () => takeBackRelease(open(context))),
		status: (context) => status(context, () => open(context)),
		difference: (context) => told(context, async () => {
			const { kubectl, attempt } = open(context);
			const release = await readRelease(settings, kubectl, context);
			const comparing = {
				attempt,
				isForced: isForced(settings),
				prune: settings.prune
			};
			return releaseDifference(kubectl, release, comparing);
		})
	};
}
async function told(context, act) {
	const { step, signal } = context;
	try {
		return await act();
	} catch (error) {
		if (signal.aborted) return {
			kind: "failed",
			failure: {
				why: "cancelled",
				message: `${step}: was stopped because the run was cancelled.`,
				output: ""
			}
		};
		if (error instanceof ManifestError) return {
			kind: "failed",
			failure: {
				...error.failure,
				isUntouched: true
			}
		};
		return {
			kind: "failed",
			failure: thrownFailure(error)
		};
	}
}
async function status(context, open) {
	try {
		const { settings, kubectl, attempt } = open();
		const { objects } = await readRelease(settings, kubectl, context);
		return await liveRelease(kubectl, objects, attempt);
	} catch (error) {
		return {
			kind: "unknown",
			why: error.message
		};
	}
}

export { kubernetesDeployer };