/**
 * A callback plugin for Ansible that writes what happens on which host, a JSON object a line, into the file that
 * `SEAMLESS_ANSIBLE_EVENTS` names. The `json` callback is no way to it: since 2.11 it is part of a collection that need not be
 * there, it says nothing before the end, and so nothing at all of a run that was stopped. This one stands beside whatever
 * shows the progress. Ansible gives it results without what `no_log` hides. Run with ansible-core 2.14 and 2.19: the names
 * with an underscore are those of before 2.19.
 */
export const CALLBACK_PLUGIN = String.raw`
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: seamless_events
type: notification
short_description: What happens on which host, for Seamless
description: Appends one JSON object a line to the file that SEAMLESS_ANSIBLE_EVENTS names.
"""

TEXT_MAX = 4096
DIFF_MAX = 65536


def part(result, name):
    found = getattr(result, name, None)
    return getattr(result, '_' + name) if found is None else found


def last(text, length):
    return str(text)[-length:]


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'notification'
    CALLBACK_NAME = 'seamless_events'
    CALLBACK_NEEDS_ENABLED = False
    CALLBACK_NEEDS_WHITELIST = False

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        self._names = {}
        self._events = open(os.environ['SEAMLESS_ANSIBLE_EVENTS'], 'a')

    def _write(self, event, **fields):
        self._events.write(json.dumps(dict(fields, event=event)) + '\n')
        self._events.flush()

    def _of_task(self, task):
        name = str(task.get_name()).strip()
        if '{{' in name:
            name = self._names.get(task._uuid, name)
        return dict(task=name[:200], action=str(task.action))

    def _of_result(self, event, result, **fields):
        answer = part(result, 'result')
        facts = answer.get('ansible_facts')
        if isinstance(facts, dict) and 'seamless_live' in facts:
            live = facts['seamless_live']
            fields['live'] = '' if live is None else str(live)[:TEXT_MAX]
        for key in ('msg', 'stdout', 'stderr', 'module_stderr', 'module_stdout'):
            if event != 'ok' and answer.get(key):
                fields[key] = str(answer[key])[:TEXT_MAX] if key == 'msg' else last(answer[key], TEXT_MAX)
        fields['hidden'] = 'censored' in answer
        fields['changed'] = bool(answer.get('changed'))
        fields.update(self._of_task(part(result, 'task')))
        self._write(event, host=str(part(result, 'host').get_name()), **fields)

    def v2_playbook_on_task_start(self, task, is_conditional):
        # Before 2.19 only here the name of a task has its variables filled in.
        self._names[task._uuid] = str(task.get_name()).strip()

    def v2_playbook_on_handler_task_start(self, task):
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host, task):
        self._write('start', host=str(host.get_name()), **self._of_task(task))

    def v2_runner_on_ok(self, result):
        self._of_result('ok', result)

    def v2_runner_on_skipped(self, result):
        self._of_result('skipped', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._of_result('failed', result, ignored=bool(ignore_errors))

    def v2_runner_item_on_failed(self, result):
        self._of_result('item_failed', result)

    def v2_runner_on_unreachable(self, result):
        self._of_result('unreachable', result)

    def v2_on_file_diff(self, result):
        answer = part(result, 'result')
        # Loops come here once for each item, and once more as a whole.
        if answer.get('diff') and answer.get('changed') and not answer.get('results'):
            self._of_result('diff', result, diff=self._get_diff(answer['diff'])[:DIFF_MAX])

    def v2_playbook_on_stats(self, stats):
        hosts = dict((str(host), stats.summarize(host)) for host in stats.processed)
        self._write('stats', hosts=hosts)
`
