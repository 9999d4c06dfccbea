"""Files that are hostile as text: YAML, encodings, templates."""

from collections.abc import Mapping

from tests.hostile.rows import JOB, C, E, J, Row, T, job, one

BOMB = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}' if level else 'x'] * 10)}]\n" for level in range(9))
LOOP = "{% for i in range(99999) %}"

ROWS: Mapping[str, Row] = {
    "duplicate key": job("description: a\ndescription: b\n"),
    "nine-level alias bomb": one(J, BOMB),
    "nine-level merge bomb": one(J, BOMB.replace("[*", "{<<: [*").replace("]", "]}").replace("[x", "{a: [x")),
    "`[` five hundred deep": job(f"inputs: {'[' * 500}\n"),
    "`[` five hundred deep, closed": job(f"inputs: {'[' * 500}{']' * 500}\n"),
    "900,000 `[`": job(f"inputs: {'[' * 900_000}\n"),
    "self-referencing anchor": job("inputs: &a {x: *a}\n"),
    "!!python/object/apply": job('inputs: !!python/object/apply:os.system ["touch pwned"]\n'),
    "!!python/object/apply of all": one(J, '!!python/object/apply:os.system ["touch pwned"]\n'),
    "!!binary": job("description: !!binary aGVsbG8=\n"),
    "non-string key": job("tags: {1: a}\n"),
    "non-string key, a list": job("? [a, b]\n: x\n"),
    "merge key": job("tags:\n  <<: text\n"),
    "merge key of unknown fields": job("inputs: {a: {<<: {pth: a}, type: uri_file}}\n"),
    "no as a string": job("description: no\n"),
    "on as a string": job("display_name: on\n"),
    "on as a key": job("environment_variables: {on: a}\n"),
    "unquoted version: 1.10": one(E, "name: e\nimage: x\nversion: 1.10\n"),
    "012": one(E, "name: e\nimage: x\nversion: 012\n"),
    "22:22": job("environment_variables: {PORTS: 22:22}\n"),
    "22:22, of 400,000 characters": job(f"inputs: {{a: 1{':22' * 133_000}}}\n"),
    "1e5": one(C, "name: cpu\ntype: amlcompute\nmax_instances: 1e5\n"),
    "a 5,000-digit integer": one(C, f"name: cpu\ntype: amlcompute\nmax_instances: {'9' * 5000}\n"),
    "a 5,000-digit integer, quoted": one(C, f"name: cpu\ntype: amlcompute\nmax_instances: '{'9' * 5000}'\n"),
    ".nan": job("inputs: {rate: .nan}\n"),
    "lone surrogate": one(J, f"{JOB}description: ".encode() + b"\xed\xa0\x80\n"),
    "lone surrogate, escaped": job('description: "\\ud800"\n'),
    "lone surrogate, from a template": one(T, JOB + 'description: {{ "\\ud800" }}\n'),
    "NUL": job("description: a\0b\n"),
    "NUL, escaped": job('description: "a\\0b"\n'),
    "NUL, in a path": job('code: "a\\0b"\n'),
    "invalid UTF-8": one(J, f"{JOB}description: ".encode() + b"\xff\n"),
    "UTF-16": one(J, JOB.encode("utf-16")),
    "huge file, of values": job(f"inputs: [{'1,' * 400_000}]\n"),
    "huge file, of keys": job("".join(f"k{number}: 1\n" for number in range(80_000))),
    "huge file, of documents": one(J, "---\na\n" * 150_000),
    "huge file, of one text": one(J, "a" * 5_000_000),
    "template reaching for __class__": one(T, JOB + "description: {{ ''.__class__.__mro__ }}\n"),
    "undefined variable": one(T, JOB + "description: {{ nothing }}\n"),
    "huge range": one(T, JOB + "{% for i in range(10 ** 9) %}x{% endfor %}\n"),
    "huge range, in another": one(
        T, JOB + "{% for i in range(99999) %}{% for i in range(99999) %}{% endfor %}{% endfor %}\n"
    ),
    "string repetition": one(T, JOB + "description: {{ 'x' * 10 ** 10 }}\n"),
    "power": one(T, JOB + "description: {{ 9 ** (9 ** 9) }}\n"),
    "template output that injects structure": one(T, JOB + "{{ 'code: /etc' }}\n"),
    "include loop": Row({T: "{% include 'a.j2' %}", "templates/a.j2": "{% include 'a.j2' %}"}),
    "include traversal": one(T, JOB + "{% include '../specs/project.yml' %}\n"),
    "include traversal, absolute": one(T, JOB + "{% include '/etc/passwd' %}\n"),
    "empty file": one(J, ""),
    "only comments": one(J, "# nothing\n--- # and nothing\n"),
    "multi-document": one(J, f"name: a\n{JOB}---\nname: b\n{JOB}codee: x\n---\n- c\n"),
    "typo with suggestion": job("environmnt: x\n"),
}
