// src/adapters/docker-advice.ts
function withAdvice(failure, image) {
	const advice = adviceFor(failure, image);
	return advice === void 0 ? failure : {
		...failure,
		message: `${failure.message} ${advice}`
	};
}
function mayPass({ why, message, output }) {
	const said = `${message}\n${output}`;
	return why === "exit" && PASSING.test(said) && !ENGINE_GONE.test(said) && !NO_ENGINE.test(said);
}
function isAbsent({ output }) {
	return !LOGIN.test(output) && /manifest unknown|name unknown|not found|denied/i.test(output);
}
const NO_ENGINE = /Cannot connect to the Docker daemon|Is the docker daemon running/i;
const ENGINE_GONE = /unexpected EOF|error during connect|error reading from server|docker\.sock.*(?:EOF|reset)/i;
const LOGIN = /no basic auth credentials|unauthorized|authentication required|incorrect username or password/i;
const PASSING = /connection refused|connection reset|broken pipe|no such host|i\/o timeout|timeout exceeded|deadline exceeded|TLS handshake timeout|too ?many ?requests|\b50[0234]\b|internal server error|bad gateway|service unavailable|received unexpected HTTP status|\bEOF\b/i;
function adviceFor({ why, message, output }, image) {
	if (why === "cancelled" || why === "timeout") return void 0;
	if (why === "spawn") return /docker is not installed/.test(message) ? "Install Docker (docker.io, docker-ce or Docker Desktop) where Seamless runs; GitHub's Ubuntu runners have it." : void 0;
	return ADVICE.find(([words]) => words.test(output))?.[1](image);
}
const ADVICE = [
	[/permission denied while trying to connect/i, () => "This user may not use the engine: add it to the group \"docker\", or set DOCKER_HOST to an engine of its own."],
	[NO_ENGINE, () => "No Docker engine answers there: start it (\"systemctl start docker\"), or set DOCKER_HOST to one that runs."],
	[ENGINE_GONE, () => "The Docker engine went away in the middle of it: its own log says why. Run again when it is back; what the registry has already is found there."],
	[LOGIN, (image) => `The registry wants to know who asks: log in before Seamless runs ("docker login ${hostOf(image)}", or docker/login-action in the workflow). Credentials are read from Docker's own store, $DOCKER_CONFIG or ~/.docker.`],
	[/denied|forbidden/i, (image) => `This account may not push there: give it the right to write ${image}, or correct "image".`],
	[/server gave HTTP response to HTTPS client/i, (image) => `The engine speaks to registries by HTTPS: give ${hostOf(image)} a certificate, or list it under "insecure-registries" of the engine.`],
	[/x509|certificate/i, (image) => `The engine does not trust the certificate of ${hostOf(image)}: put its authority's into /etc/docker/certs.d/${hostOf(image)}/ca.crt of the engine's machine.`],
	[/buildx component is missing/i, () => "The build needs BuildKit: install the buildx plugin (docker-buildx-plugin, or docker-buildx of Debian)."],
	[/no space left on device/i, () => "The engine's disk is full: \"docker system prune\" frees what nothing uses."],
	[/immutable/i, () => "The registry does not let a tag move: remove the tag from \"tags\", or give the version a new name."],
	[/failed to reach build target|target stage .* could not be found/i, () => "Correct \"target\": the Dockerfile has no stage of this name (\"FROM … AS name\")."],
	[PASSING, (image) => `The registry ${hostOf(image)} does not answer the engine as it should: see that it runs and that the engine reaches it.`]
];
function hostOf(image) {
	const [first = "", ...rest] = image.split("/");
	return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "docker.io";
}

export { mayPass as n, withAdvice as r, isAbsent as t };