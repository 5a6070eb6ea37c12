import { t as childEnvironment } from "./child-environment.js";
import { p as objectText, u as kubectlName } from "./kubernetes-images.js";

// src/adapters/kubectl.ts
const REQUEST_MAX_SECONDS = 30;
const CALL_MS = 12e4;
const ANSWER_BYTES = 67108864;
const SAID_MAX$1 = 2e3;
function openKubectl({ context: cluster, namespace, env, secrets, timeoutMs }, shell, context) {
	const { step, directory, signal, values } = context;
	const own = {
		KUBERC: "off",
		KUBECTL_EXTERNAL_DIFF: "diff -u -N",
		LC_ALL: "C"
	};
	const remote = {
		...childEnvironment(shell.environment, {
			step,
			env,
			secrets,
			values
		}),
		...own
	};
	const local = {
		...childEnvironment(shell.environment, {
			step,
			values
		}),
		...own
	};
	const known = secrets.flatMap((name) => remote[name] ?? []);
	const flags = [
		...cluster === void 0 ? [] : [`--context=${cluster}`],
		...namespace === void 0 ? [] : [`--namespace=${namespace}`],
		`--request-timeout=${Math.min(REQUEST_MAX_SECONDS, Math.ceil(timeoutMs / 1e3))}s`
	];
	return {
		namespace,
		async run(args, call = {}) {
			const said = [];
			return {
				...installable(await shell.run({
					file: "kubectl",
					args: call.isLocal === true ? args : [...args, ...flags],
					title: `${step}: kubectl ${args.filter((arg) => !arg.startsWith("-")).join(" ")}`,
					directory,
					environment: call.isLocal === true ? local : remote,
					secrets: [...known, ...call.hidden ?? []],
					signal,
					timeoutMs: call.timeoutMs ?? CALL_MS,
					captureBytes: ANSWER_BYTES,
					isCaptureRaw: call.isShown !== true,
					...call.input !== void 0 && { input: call.input },
					onLine(line) {
						if (call.isLogged === true) shell.log.output(step, line);
						if (/^[\s{}[\]]/.test(line)) return;
						if (said.push(line) > SAID_MAX$1) said.shift();
					}
				})),
				said
			};
		}
	};
}
function installable(end) {
	if (end.kind === "done" || end.failure.why !== "spawn" || !end.failure.message.includes("is not installed")) return end;
	const message = `${end.failure.message} Install it where Seamless runs (https://kubernetes.io/docs/tasks/tools/).`;
	return {
		...end,
		failure: {
			...end.failure,
			message
		}
	};
}

// src/adapters/kubectl-faults.ts
function faultsOf(said) {
	return blocksOf(said).map(faultOf);
}
function noAnswerOf(said) {
	const lines = said.filter((line) => !isNoise(line));
	const find = (pattern) => lines.findLast((line) => pattern.test(line));
	if (find(/\blocalhost:8080\b|no configuration has been provided|no server defined/) !== void 0) return { kind: "no_cluster" };
	if (find(/context was not found for specified context|context ".*" does not exist/) !== void 0) return { kind: "no_context" };
	const refused = find(/the server has asked for the client to provide credentials|You must be logged in|\(Unauthorized\)|getting credentials: /);
	if (refused !== void 0) return {
		kind: "unauthenticated",
		said: bare(refused)
	};
	const silent = find(/^The connection to the server|Unable to connect to the server|Client\.Timeout|no such host|i\/o timeout|connection refused|TLS handshake|x509: |http2: client connection lost|unexpected EOF|context deadline exceeded/);
	return silent === void 0 ? void 0 : {
		kind: "unreachable",
		said: bare(silent)
	};
}
const BEGIN = /^(?:Error from server|error: |Error: |The \S+ ".*" is invalid|The request is invalid|unable to |Unable to |resource mapping not found)/;
function blocksOf(said) {
	const blocks = [];
	for (const line of said) {
		if (isNoise(line)) continue;
		if (BEGIN.test(line)) blocks.push([line]);
		else blocks.at(-1)?.push(line);
	}
	return blocks;
}
function isNoise(line) {
	return /^[EWI]\d{4} |^Warning: | serverside-applied(?: \(server dry run\))?$/.test(line);
}
const FORBIDDEN = /is forbidden: User "([^"]+)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;
function faultOf(block) {
	const text = block.join("\n");
	if (/Apply failed with \d+ conflict/.test(text)) return conflictOf(text);
	const forbidden = FORBIDDEN.exec(text);
	if (forbidden !== null) {
		const [, user = "", verb = "", resource = "", group = "", namespace] = forbidden;
		return {
			kind: "forbidden",
			user,
			verb,
			resource,
			group,
			...namespace !== void 0 && { namespace }
		};
	}
	const [, job] = /^The Job "([^"]+)" is invalid: [^]*field is immutable/.exec(text) ?? [];
	if (job !== void 0) return {
		kind: "immutable_job",
		name: job
	};
	const [, namespace] = /\(NotFound\): namespaces "([^"]+)" not found/.exec(text) ?? [];
	if (namespace !== void 0) return {
		kind: "no_namespace",
		namespace
	};
	const said = bare(text);
	return {
		kind: /no matches for kind/.test(text) ? "no_kind" : "other",
		said
	};
}
function conflictOf(text) {
	const managers = [...text.matchAll(/conflicts? with "([^"]+)"/g)].map(([, manager = ""]) => manager);
	const listed = [...text.matchAll(/^- (\S.*)$/gm)].map(([, field = ""]) => field);
	const inline = [...text.matchAll(/ using \S+: (\.\S.*)$/gm)].map(([, field = ""]) => field);
	return {
		kind: "conflict",
		managers: [...new Set(managers)],
		fields: [.../* @__PURE__ */ new Set([...inline, ...listed])]
	};
}
const SAID_MAX = 400;
function bare(text) {
	const short = text.replace(/^(?:error|Error|Error from server(?: \(\w+\))?): /, "").replace(/Invalid value: \{.*\}: /g, "").replace(/^unable to recognize "STDIN": /, "").replace(/; if you choose to ignore these errors, turn validation off with --validate=false/, "").replace(/\s+/g, " ").trim();
	return short.length <= SAID_MAX ? short : `${short.slice(0, SAID_MAX)}…`;
}

// src/adapters/kubernetes-refusal.ts
function refusedOf(end, objects) {
	const faults = faultsOf(end.said);
	const applied = appliedOf(end, objects);
	const left = objects.filter((object) => !applied.includes(object));
	const isPaired = left.length === faults.length;
	return faults.map((fault, index) => {
		const object = left[index];
		return {
			fault,
			...isPaired && object !== void 0 && { object }
		};
	});
}
function appliedOf({ said }, objects) {
	const names = /* @__PURE__ */ new Map();
	for (const line of said) {
		const [, name] = /^(\S+\/\S+) serverside-applied/.exec(line) ?? [];
		if (name !== void 0) names.set(name, (names.get(name) ?? 0) + 1);
	}
	return objects.filter((object) => {
		const count = names.get(kubectlName(object)) ?? 0;
		names.set(kubectlName(object), count - 1);
		return count > 0;
	});
}
function noAnswerText(end, attempt) {
	if (end.failure.why !== "exit") return end.failure.message;
	const answer = noAnswerOf(end.said);
	return answer === void 0 ? void 0 : `${attempt.step}: ${unanswered(answer, attempt)}`;
}
function unanswered(answer, attempt) {
	switch (answer.kind) {
		case "no_cluster": return "kubectl knows no cluster here: there is no kubeconfig, or it names no current context. Set KUBECONFIG to its path before Seamless runs, and \"context\" in the config.";
		case "no_context": return `the kubeconfig has no context of this name. Correct ${keyOf("context", attempt)}; "kubectl config get-contexts" lists what there is.`;
		case "unauthenticated": return `the cluster does not know who asks: the kubeconfig's credentials are missing, wrong or expired (${answer.said}). Renew them; what its login program reads from the environment is declared under ${keyOf("secrets", attempt)}.`;
		case "unreachable": return `the cluster does not answer: ${answer.said}. See that the address in the kubeconfig is right and reachable from here, then run again.`;
	}
}
function refusalText(refused, attempt) {
	const each = refused.map(({ object, fault }) => {
		return `${object === void 0 ? "" : `${objectText(object, attempt.namespace)}: `}${faultText(fault)}`;
	});
	const todo = new Set(refused.map(({ fault }) => faultTodo(fault, attempt)));
	return [`${(each.length <= SHOWN ? each : [...each.slice(0, SHOWN), `and ${each.length - SHOWN} more`]).join("; ")}.`, ...todo].join(" ").trim();
}
const SHOWN = 5;
function faultText(fault) {
	switch (fault.kind) {
		case "conflict": return `${fault.fields.join(", ")} ${fault.fields.length === 1 ? "is" : "are"} set by ${fault.managers.join(", ")}`;
		case "forbidden": {
			const where = fault.namespace === void 0 ? "in the cluster" : `in ${fault.namespace}`;
			return `${fault.user} may not ${fault.verb} ${resourceOf(fault)} ${where}`;
		}
		case "immutable_job": return `what it runs has changed, and a Job cannot be changed`;
		case "no_namespace": return `the namespace ${fault.namespace} does not exist`;
		case "no_kind":
		case "other": return fault.said.replace(/\.$/, "");
	}
}
function faultTodo(fault, attempt) {
	switch (fault.kind) {
		case "conflict": return `Take these fields out of the manifests where somebody else is to keep them (an autoscaler its replicas), or take them over with "conflicts: take" under ${sectionOf(attempt)}.`;
		case "forbidden": {
			const where = fault.namespace === void 0 ? "" : ` -n ${fault.namespace}`;
			return `Grant it by a ${fault.namespace === void 0 ? "ClusterRole" : "Role"}; "kubectl auth can-i ${fault.verb} ${resourceOf(fault)}${where} --as=${fault.user}" says when it is there.`;
		}
		case "immutable_job": return "A Job that Seamless applied is run anew when it is over. Wait for it, or delete it, then run again.";
		case "no_namespace": return `Create it ("kubectl create namespace ${fault.namespace}"), or put a Namespace into the manifests.`;
		case "no_kind": return "Install what brings this kind (its CustomResourceDefinition), or correct apiVersion and kind.";
		case "other": return "";
	}
}
function resourceOf({ resource, group }) {
	return group === "" ? resource : `${resource}.${group}`;
}
function sectionOf({ environment = "<name>" }) {
	return `environments.${environment}.deploy.kubernetes`;
}
function keyOf(key, attempt) {
	return `"${key}" under ${sectionOf(attempt)}`;
}
function failureOf(end, message) {
	return {
		why: end.failure.why,
		message,
		output: end.output
	};
}

export { refusalText as a, openKubectl as c, noAnswerText as i, failureOf as n, refusedOf as o, faultText as r, faultsOf as s, appliedOf as t };