import { l as GitHubError } from "./errors.js";
import { r as statusOf, t as isAmbiguous } from "./request-policy.js";
import { n as startWorkflow, t as githubWorkflows } from "./workflows.js";
import { t as RemoteFault } from "./remote-fault.js";
import { r as httpRequest, t as HttpFailure } from "./http-request.js";
import { t as parseJUnit } from "./junit.js";
import { matchesGlob } from "node:path/posix";
import { createRequire } from "module";

// node_modules/fflate/esm/index.mjs
var require = createRequire("/");
var _a;
var Worker;
var isMarkedAsUntransferable;
try {
	_a = require("worker_threads"), Worker = _a.Worker, isMarkedAsUntransferable = _a.isMarkedAsUntransferable;
} catch (e) {}
var u8 = Uint8Array;
var u16 = Uint16Array;
var i32 = Int32Array;
var fleb = new u8([
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	1,
	1,
	1,
	1,
	2,
	2,
	2,
	2,
	3,
	3,
	3,
	3,
	4,
	4,
	4,
	4,
	5,
	5,
	5,
	5,
	0,
	0,
	0,
	0
]);
var fdeb = new u8([
	0,
	0,
	0,
	0,
	1,
	1,
	2,
	2,
	3,
	3,
	4,
	4,
	5,
	5,
	6,
	6,
	7,
	7,
	8,
	8,
	9,
	9,
	10,
	10,
	11,
	11,
	12,
	12,
	13,
	13,
	0,
	0
]);
var clim = new u8([
	16,
	17,
	18,
	0,
	8,
	7,
	9,
	6,
	10,
	5,
	11,
	4,
	12,
	3,
	13,
	2,
	14,
	1,
	15
]);
var freb = function(eb, start) {
	var b = new u16(31);
	for (var i = 0; i < 31; ++i) b[i] = start += 1 << eb[i - 1];
	var r = new i32(b[30]);
	for (var i = 1; i < 30; ++i) for (var j = b[i]; j < b[i + 1]; ++j) r[j] = j - b[i] << 5 | i;
	return {
		b,
		r
	};
};
var _a = freb(fleb, 2);
var fl = _a.b;
var revfl = _a.r;
fl[28] = 258, revfl[258] = 28;
var _b = freb(fdeb, 0);
var fd = _b.b;
var revfd = _b.r;
var rev = new u16(32768);
for (var i = 0; i < 32768; ++i) {
	var x = (i & 43690) >> 1 | (i & 21845) << 1;
	x = (x & 52428) >> 2 | (x & 13107) << 2;
	x = (x & 61680) >> 4 | (x & 3855) << 4;
	rev[i] = ((x & 65280) >> 8 | (x & 255) << 8) >> 1;
}
var hMap = (function(cd, mb, r) {
	var s = cd.length;
	var i = 0;
	var l = new u16(mb);
	for (; i < s; ++i) if (cd[i]) ++l[cd[i] - 1];
	var le = new u16(mb);
	for (i = 1; i < mb; ++i) le[i] = le[i - 1] + l[i - 1] << 1;
	var co;
	if (r) {
		co = new u16(1 << mb);
		var rvb = 15 - mb;
		for (i = 0; i < s; ++i) if (cd[i]) {
			var sv = i << 4 | cd[i];
			var r_1 = mb - cd[i];
			var v = le[cd[i] - 1]++ << r_1;
			for (var m = v | (1 << r_1) - 1; v <= m; ++v) co[rev[v] >> rvb] = sv;
		}
	} else {
		co = new u16(s);
		for (i = 0; i < s; ++i) if (cd[i]) co[i] = rev[le[cd[i] - 1]++] >> 15 - cd[i];
	}
	return co;
});
var flt = new u8(288);
for (var i = 0; i < 144; ++i) flt[i] = 8;
for (var i = 144; i < 256; ++i) flt[i] = 9;
for (var i = 256; i < 280; ++i) flt[i] = 7;
for (var i = 280; i < 288; ++i) flt[i] = 8;
var fdt = new u8(32);
for (var i = 0; i < 32; ++i) fdt[i] = 5;
var flrm = /*#__PURE__*/ hMap(flt, 9, 1);
var fdrm = /*#__PURE__*/ hMap(fdt, 5, 1);
var max = function(a) {
	var m = a[0];
	for (var i = 1; i < a.length; ++i) if (a[i] > m) m = a[i];
	return m;
};
var bits = function(d, p, m) {
	var o = p / 8 | 0;
	return (d[o] | d[o + 1] << 8) >> (p & 7) & m;
};
var bits16 = function(d, p) {
	var o = p / 8 | 0;
	return (d[o] | d[o + 1] << 8 | d[o + 2] << 16) >> (p & 7);
};
var shft = function(p) {
	return (p + 7) / 8 | 0;
};
var slc = function(v, s, e) {
	if (s == null || s < 0) s = 0;
	if (e == null || e > v.length) e = v.length;
	return new u8(v.subarray(s, e));
};
var ec = [
	"unexpected EOF",
	"invalid block type",
	"invalid length/literal",
	"invalid distance",
	"stream finished",
	"no stream handler",
	,
	"no callback",
	"invalid UTF-8 data",
	"extra field too long",
	"date not in range 1980-2099",
	"filename too long",
	"stream finishing",
	"invalid zip data"
];
var err = function(ind, msg, nt) {
	var e = new Error(msg || ec[ind]);
	e.code = ind;
	if (Error.captureStackTrace) Error.captureStackTrace(e, err);
	if (!nt) throw e;
	return e;
};
var inflt = function(dat, st, buf, dict) {
	var sl = dat.length, dl = dict ? dict.length : 0;
	if (!sl || st.f && !st.l) return buf || new u8(0);
	var noBuf = !buf;
	var resize = noBuf || st.i != 2;
	var noSt = st.i;
	if (noBuf) buf = new u8(sl * 3);
	var cbuf = function(l) {
		var bl = buf.length;
		if (l > bl) {
			var nbuf = new u8(Math.max(bl * 2, l));
			nbuf.set(buf);
			buf = nbuf;
		}
	};
	var final = st.f || 0, pos = st.p || 0, bt = st.b || 0, lm = st.l, dm = st.d, lbt = st.m, dbt = st.n;
	var tbts = sl * 8;
	do {
		if (!lm) {
			final = bits(dat, pos, 1);
			var type = bits(dat, pos + 1, 3);
			pos += 3;
			if (!type) {
				var s = shft(pos) + 4, l = dat[s - 4] | dat[s - 3] << 8, t = s + l;
				if (t > sl) {
					if (noSt) err(0);
					break;
				}
				if (resize) cbuf(bt + l);
				buf.set(dat.subarray(s, t), bt);
				st.b = bt += l, st.p = pos = t * 8, st.f = final;
				continue;
			} else if (type == 1) lm = flrm, dm = fdrm, lbt = 9, dbt = 5;
			else if (type == 2) {
				var hLit = bits(dat, pos, 31) + 257, hcLen = bits(dat, pos + 10, 15) + 4;
				var tl = hLit + bits(dat, pos + 5, 31) + 1;
				pos += 14;
				var ldt = new u8(tl);
				var clt = new u8(19);
				for (var i = 0; i < hcLen; ++i) clt[clim[i]] = bits(dat, pos + i * 3, 7);
				pos += hcLen * 3;
				var clb = max(clt), clbmsk = (1 << clb) - 1;
				var clm = hMap(clt, clb, 1);
				for (var i = 0; i < tl;) {
					var r = clm[bits(dat, pos, clbmsk)];
					pos += r & 15;
					var s = r >> 4;
					if (s < 16) ldt[i++] = s;
					else {
						var c = 0, n = 0;
						if (s == 16) n = 3 + bits(dat, pos, 3), pos += 2, c = ldt[i - 1];
						else if (s == 17) n = 3 + bits(dat, pos, 7), pos += 3;
						else if (s == 18) n = 11 + bits(dat, pos, 127), pos += 7;
						while (n--) ldt[i++] = c;
					}
				}
				var lt = ldt.subarray(0, hLit), dt = ldt.subarray(hLit);
				lbt = max(lt);
				dbt = max(dt);
				lm = hMap(lt, lbt, 1);
				dm = hMap(dt, dbt, 1);
			} else err(1);
			if (pos > tbts) {
				if (noSt) err(0);
				break;
			}
		}
		if (resize) cbuf(bt + 131072);
		var lms = (1 << lbt) - 1, dms = (1 << dbt) - 1;
		var lpos = pos;
		for (;; lpos = pos) {
			var c = lm[bits16(dat, pos) & lms], sym = c >> 4;
			pos += c & 15;
			if (pos > tbts) {
				if (noSt) err(0);
				break;
			}
			if (!c) err(2);
			if (sym < 256) buf[bt++] = sym;
			else if (sym == 256) {
				lpos = pos, lm = null;
				break;
			} else {
				var add = sym - 254;
				if (sym > 264) {
					var i = sym - 257, b = fleb[i];
					add = bits(dat, pos, (1 << b) - 1) + fl[i];
					pos += b;
				}
				var d = dm[bits16(dat, pos) & dms], dsym = d >> 4;
				if (!d) err(3);
				pos += d & 15;
				var dt = fd[dsym];
				if (dsym > 3) {
					var b = fdeb[dsym];
					dt += bits16(dat, pos) & (1 << b) - 1, pos += b;
				}
				if (pos > tbts) {
					if (noSt) err(0);
					break;
				}
				if (resize) cbuf(bt + 131072);
				var end = bt + add;
				if (bt < dt) {
					var shift = dl - dt, dend = Math.min(dt, end);
					if (shift + bt < 0) err(3);
					for (; bt < dend; ++bt) buf[bt] = dict[shift + bt];
				}
				for (; bt < end; ++bt) buf[bt] = buf[bt - dt];
			}
		}
		st.l = lm, st.p = lpos, st.b = bt, st.f = final;
		if (lm) final = 1, st.m = lbt, st.d = dm, st.n = dbt;
	} while (!final);
	return bt != buf.length && noBuf ? slc(buf, 0, bt) : buf.subarray(0, bt);
};
var et = /*#__PURE__*/ new u8(0);
var b2 = function(d, b) {
	return d[b] | d[b + 1] << 8;
};
var b4 = function(d, b) {
	return (d[b] | d[b + 1] << 8 | d[b + 2] << 16 | d[b + 3] << 24) >>> 0;
};
var b8 = function(d, b) {
	return b4(d, b) + b4(d, b + 4) * 4294967296;
};
function inflateSync(data, opts) {
	return inflt(data, { i: 2 }, opts && opts.out, opts && opts.dictionary);
}
var td = typeof TextDecoder != "undefined" && /*#__PURE__*/ new TextDecoder();
var tds = 0;
try {
	td.decode(et, { stream: true });
	tds = 1;
} catch (e) {}
var dutf8 = function(d) {
	for (var r = "", i = 0;;) {
		var c = d[i++];
		var eb = (c > 127) + (c > 223) + (c > 239);
		if (i + eb > d.length) return {
			s: r,
			r: slc(d, i - 1)
		};
		if (!eb) r += String.fromCharCode(c);
		else if (eb == 3) c = ((c & 15) << 18 | (d[i++] & 63) << 12 | (d[i++] & 63) << 6 | d[i++] & 63) - 65536, r += String.fromCharCode(55296 | c >> 10, 56320 | c & 1023);
		else if (eb & 1) r += String.fromCharCode((c & 31) << 6 | d[i++] & 63);
		else r += String.fromCharCode((c & 15) << 12 | (d[i++] & 63) << 6 | d[i++] & 63);
	}
};
function strFromU8(dat, latin1) {
	if (latin1) {
		var r = "";
		for (var i = 0; i < dat.length; i += 16384) r += String.fromCharCode.apply(null, dat.subarray(i, i + 16384));
		return r;
	} else if (td) return td.decode(dat);
	else {
		var _a = dutf8(dat), s = _a.s, r = _a.r;
		if (r.length) err(8);
		return s;
	}
}
var slzh = function(d, b) {
	return b + 30 + b2(d, b + 26) + b2(d, b + 28);
};
var zh = function(d, b, z) {
	var fnl = b2(d, b + 28), efl = b2(d, b + 30), fn = strFromU8(d.subarray(b + 46, b + 46 + fnl), !(b2(d, b + 8) & 2048)), es = b + 46 + fnl;
	var _a = z64hs(d, es, efl, z, b4(d, b + 20), b4(d, b + 24), b4(d, b + 42)), sc = _a[0], su = _a[1], off = _a[2];
	return [
		b2(d, b + 10),
		sc,
		su,
		fn,
		es + efl + b2(d, b + 32),
		off
	];
};
var z64hs = function(d, b, l, z, sc, su, off) {
	var nsc = sc == 4294967295, nsu = su == 4294967295, noff = off == 4294967295, e = b + l;
	var nf = nsc + nsu + noff;
	if (z && nf) {
		for (; b + 4 < e; b += 4 + b2(d, b + 2)) if (b2(d, b) == 1) return [
			nsc ? b8(d, b + 4 + 8 * nsu) : sc,
			nsu ? b8(d, b + 4) : su,
			noff ? b8(d, b + 4 + 8 * (nsu + nsc)) : off,
			1
		];
		if (z < 2) err(13);
	}
	return [
		sc,
		su,
		off,
		0
	];
};
function unzipSync(data, opts) {
	var files = {};
	var e = data.length - 22;
	for (; b4(data, e) != 101010256; --e) if (!e || data.length - e > 65558) err(13);
	var c = b2(data, e + 8);
	if (!c) return {};
	var o = b4(data, e + 16);
	var z = b4(data, e - 20) == 117853008;
	if (z) {
		var ze = b4(data, e - 12);
		z = b4(data, ze) == 101075792;
		if (z) {
			c = b4(data, ze + 32);
			o = b4(data, ze + 48);
		}
	}
	var fltr = opts && opts.filter;
	for (var i = 0; i < c; ++i) {
		var _a = zh(data, o, z), c_2 = _a[0], sc = _a[1], su = _a[2], fn = _a[3], no = _a[4], off = _a[5], b = slzh(data, off);
		o = no;
		if (!fltr || fltr({
			name: fn,
			size: sc,
			originalSize: su,
			compression: c_2
		})) {
			if (!c_2) files[fn] = slc(data, b, b + sc);
			else if (c_2 == 8) files[fn] = inflateSync(data.subarray(b, b + sc), { out: new u8(su) });
			else err(14, "unknown compression type " + c_2);
		}
	}
	return files;
}

// src/adapters/workflow-tests-junit.ts
const ARCHIVE_MAX_BYTES = 67108864;
const REPORTS_MAX_BYTES = 134217728;
const TIMEOUT_MS = 12e4;
async function artifactReport(github, { run, artifact, patterns }, signal) {
	const { octokit, owner, repo } = github;
	const asked = {
		owner,
		repo,
		run_id: run,
		name: artifact
	};
	const { data } = await octokit.rest.actions.listWorkflowRunArtifacts(asked);
	const found = data.artifacts.filter(({ name, expired }) => name === artifact && !expired).toSorted((a, b) => a.id - b.id).at(-1);
	if (found === void 0) return {
		kind: "missing",
		why: `it has no artifact ${JSON.stringify(artifact)}. Let it upload one (actions/upload-artifact, if: always()), or leave "artifact" out.`
	};
	return readReports(await download(github, found.id, signal), {
		artifact,
		patterns
	});
}
async function download({ octokit, owner, repo }, artifact, signal) {
	const { headers } = await octokit.rest.actions.downloadArtifact({
		owner,
		repo,
		artifact_id: artifact,
		archive_format: "zip",
		request: { redirect: "manual" }
	});
	const { location } = headers;
	if (location === void 0 || !URL.canParse(location)) throw new RemoteFault(`GitHub does not say where its artifact ${artifact} is.`, { isPassing: true });
	const url = new URL(location);
	try {
		const { status, body } = await httpRequest({
			url,
			method: "GET",
			timeoutMs: TIMEOUT_MS,
			maxBytes: ARCHIVE_MAX_BYTES,
			overflow: "fail"
		}, signal);
		if (status === 200) return body;
		throw new RemoteFault(`The store of GitHub's artifact ${artifact} answers with ${status}.`, { isPassing: true });
	} catch (error) {
		if (!(error instanceof HttpFailure)) throw error;
		throw new RemoteFault(`${error.message}.`, {
			cause: error,
			isPassing: error.reason !== "too_large"
		});
	}
}
function readReports(archive, { artifact, patterns }) {
	const name = `its artifact ${JSON.stringify(artifact)}`;
	let files;
	try {
		files = unpacked(archive, patterns);
	} catch (error) {
		return {
			kind: "missing",
			why: `${name} cannot be unpacked: ${error.message}.`
		};
	}
	if (files.size === 0) return {
		kind: "missing",
		why: `${name} has no file that matches ${patterns.join(", ")}.`
	};
	const cases = [];
	for (const [file, bytes] of [...files].toSorted(([a], [b]) => a < b ? -1 : 1)) {
		const report = parseJUnit(Buffer.from(bytes).toString("utf8"));
		if (report.kind === "malformed") return {
			kind: "missing",
			why: `the report ${file} of ${name} cannot be read: ${report.why}.`
		};
		cases.push(...report.cases);
	}
	return {
		kind: "report",
		cases
	};
}
function unpacked(archive, patterns) {
	let bytes = 0;
	const files = unzipSync(archive, { filter: ({ name, originalSize }) => {
		if (name.endsWith("/") || !patterns.some((pattern) => matchesGlob(name, pattern))) return false;
		bytes += originalSize;
		if (bytes > REPORTS_MAX_BYTES) throw new Error("its reports have more than 128 MiB");
		return true;
	} });
	return new Map(Object.entries(files));
}

// src/adapters/workflow-tests-builds.ts
function workflowBuilds(step, inputs, open) {
	let known;
	const work = async (signal, ask) => {
		const github = await open(signal);
		if (github === void 0) throw new RemoteFault("There is no token for GitHub.");
		const branch = async () => known ??= await defaultBranch(github);
		return asking(step.workflow, signal, () => ask({
			step,
			github,
			branch
		}));
	};
	const told = /* @__PURE__ */ new Map();
	return {
		service: "GitHub",
		what: `the workflow ${step.workflow}`,
		pollMs: 1e4,
		settleMs: 6e4,
		check: async (signal) => work(signal, check),
		find: async (prefix, signal) => work(signal, (place) => find(place, prefix)),
		trigger: async (key, signal) => work(signal, (place) => trigger(place, {
			...inputs,
			"request-id": key
		})),
		look: async (run, signal) => work(signal, (place) => look(place, run)),
		news: async (run, tell, signal) => work(signal, (place) => news(place, {
			run,
			told,
			tell
		})),
		report: async (run, signal) => work(signal, (place) => report(place, run, signal)),
		cancel: async (run, signal) => work(signal, ({ github }) => runsOf(step, github).cancel(run))
	};
}
async function defaultBranch({ octokit, owner, repo }) {
	return (await octokit.rest.repos.get({
		owner,
		repo
	})).data.default_branch;
}
async function asking(file, signal, ask) {
	try {
		return await ask();
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof GitHubError)) throw error;
		const status = statusOf(error);
		if (status === 404 || status === 422) throw new RemoteFault(`The workflow .github/workflows/${file} of the default branch cannot be started (${status}): it must be there with "workflow_dispatch", the inputs that the step names and the input request-id. ${error.message}`, { cause: error });
		const advice = status === 403 ? " The job needs \"actions: write\" under permissions." : "";
		throw new RemoteFault(`${error.message}${advice}`, {
			cause: error,
			isPassing: isAmbiguous(error)
		});
	}
}
function runsOf({ workflow }, github) {
	return githubWorkflows(github, { file: workflow });
}
async function check({ step, github: { octokit, owner, repo } }) {
	const { data } = await octokit.rest.actions.getWorkflow({
		owner,
		repo,
		workflow_id: step.workflow
	});
	if (data.state !== "active") throw new RemoteFault(`The workflow ${step.workflow} is disabled (${data.state}): enable it on GitHub.`);
	return `It has the workflow ${step.workflow}.`;
}
const PER_PAGE = 100;
async function find({ step, github, branch }, prefix) {
	const { octokit, owner, repo } = github;
	const { data } = await octokit.rest.actions.listWorkflowRuns({
		owner,
		repo,
		workflow_id: step.workflow,
		branch: await branch(),
		event: "workflow_dispatch",
		per_page: PER_PAGE
	});
	return { requests: data.workflow_runs.flatMap(({ id, display_title: title, status }) => {
		const key = /#(seamless-[\w-]+)$/.exec(title)?.[1];
		return key?.startsWith(prefix) === true ? [{
			key,
			build: id,
			isOver: status === "completed"
		}] : [];
	}) };
}
async function trigger({ step, github, branch }, inputs) {
	return (await startWorkflow(github, {
		file: step.workflow,
		ref: await branch()
	}, inputs))?.id;
}
async function look({ step, github }, run) {
	const state = await runsOf(step, github).state(run);
	if (state === void 0) throw new RemoteFault(`The run ${run} of ${step.workflow} is not there any more.`);
	const { status, url, conclusion = "unknown" } = state;
	switch (status) {
		case "queued": return {
			phase: "waiting",
			build: run,
			why: `no runner has begun it yet (${url})`
		};
		case "waiting": return {
			phase: "waiting",
			build: run,
			why: `it waits for the approval of an environment (${url})`
		};
		case "in_progress": return {
			phase: "running",
			build: run,
			url
		};
		case "completed": return {
			phase: "ended",
			build: run,
			url,
			result: resultOf(conclusion),
			said: conclusion
		};
	}
}
function resultOf(conclusion) {
	if (conclusion === "success") return "passed";
	return conclusion === "cancelled" ? "aborted" : "failed";
}
const JOB_PAGES = 3;
async function jobsOf({ octokit, owner, repo }, run) {
	const jobs = [];
	for (let page = 1; page <= JOB_PAGES; page += 1) {
		const asked = {
			owner,
			repo,
			run_id: run,
			per_page: PER_PAGE,
			page
		};
		const { data } = await octokit.rest.actions.listJobsForWorkflowRun(asked);
		jobs.push(...data.jobs);
		if (data.jobs.length < PER_PAGE) break;
	}
	return jobs;
}
async function news({ github }, { run, told, tell }) {
	for (const job of await jobsOf(github, run)) {
		const step = (job.steps ?? []).find(({ status }) => status === "in_progress");
		const how = job.conclusion ?? (step === void 0 ? job.status : `${job.status}: ${step.name}`);
		if (told.get(job.id) !== how) tell(`${job.name}: ${how}\n`);
		told.set(job.id, how);
	}
}
async function report(place, run, signal) {
	const { step, github } = place;
	if (step.artifact !== void 0) {
		const { artifact, junit } = step;
		return artifactReport(github, {
			run,
			artifact,
			patterns: junit
		}, signal);
	}
	return {
		kind: "report",
		cases: (await jobsOf(github, run)).map(caseOf)
	};
}
function caseOf({ name, conclusion, steps = [], html_url: page, ...job }) {
	const seconds = (Date.parse(job.completed_at ?? "") - Date.parse(job.started_at)) / 1e3;
	const timed = Number.isFinite(seconds) && seconds >= 0 ? { seconds } : {};
	const title = `job › ${name}`;
	if (conclusion === "success") return {
		name: title,
		result: "passed",
		...timed
	};
	if (conclusion === "skipped" || conclusion === "neutral") return {
		name: title,
		result: "skipped",
		...timed
	};
	const failed = steps.filter((step) => step.conclusion === "failure").map((step) => `"${step.name}"`);
	const where = failed.length === 0 ? "" : ` in ${failed.join(", ")}`;
	return {
		name: title,
		result: "failed",
		message: `It ended as ${conclusion ?? "unknown"}${where} (${page ?? "no page"}).`,
		...timed
	};
}

export { workflowBuilds as t };