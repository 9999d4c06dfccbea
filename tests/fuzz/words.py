"""What hostile specs and templates are made of: text as it stands in a file, one piece each."""

import json

# fmt: off
_TEXTS = (
    "", " ", "\0", "\x1b[31m", "\ud800", "\u202ex", "\ufeff", "\ue0000\ue001", "\x85", "\u2028", "e\u0301", "a\nb",
    "\r", ".", "..", "/", "//", "~", "../..", "../../../../../../etc/passwd", "/etc/passwd", "file:",
    "file:///etc/passwd", "a/" * 3000, "x" * 300, "\N{PILE OF POO}" * 90, "con", ".git", ".git/config", "main.py",
    "src", "-rf", "*", "a\\b", "azureml:", "azureml:x", "azureml:@", "azureml::", "azureml:x:1:2",
    "azureml:env@latest", "azureml:../x:1", "azureml://", "azureml://datastores//paths/", "azureml://registries/x",
    "azureml:/subscriptions/", "azureml:x@", "https://[", "http://[::1", "https://x:y@z/?sig=0&sv=1", "wasbs://",
    "abfss://@", "git+ssh://x", "https://\0", "${{", "${{}}", "${{inputs}}", "${{inputs.}}",
    "${{parent.jobs..outputs.x}}", "${{parent.inputs.a.b}}", "${{parent}}", "{{ env.HOME }}",
    "{{ env.AML_SECRET_X }}", "{{", "{% for %}", "{0.__class__}", "%s", "%(x)s", "$(id)", "`id`",
    "AccountKey=" + "A" * 86 + "==", "::add-mask::x", "<script>", "|x|", "'", '"', "True", "None", "1", "self",
    "__class__", "__init__", "type", "name", "$schema", "command", "pipeline", "sweep", "spark", "automl", "parallel",
    "amlcompute", "kubernetes", "uri_file", "mltable", "choice", "cron", "recurrence", "PT1H", "2022-13-45T99:99:99",
    "0 0 31 2 *", "*/0 * * * *", "a" * 40, "1.2.3", "standard_ds3_v2", "compute/*", "[", "job/[!", "\u0131", "\u2160",
)
# Plain scalars, collections and tags, as YAML has them.
VALUES = (
    "~", "no", "on", "y", "0", "-1", "1.5", "012", "0b1", "0o7", "0x1F", "22:22", "1e5", "1_0", ".5", "-.inf", ".nan",
    "1e400", "9" * 25, "9" * 5000, "-" + "9" * 19, "=", "<<", "2001-01-01", "2001-99-99", "2001-01-01T00:00:00+99:99",
    "4:99:99", "[]", "{}", "[[]]", "{a: {}}", "[~]", "[1, a]", "{1: 2}", "{? [a] : b}", "{? {a: b} : c}", "{~: 1}",
    "{a: 1, a: 2}", "{<<: {a: 1}}", "{<<: [{a: 1}, {a: 2}]}", "{<<: 1}", "{<<: [1]}", "{type: x}", "{type: [x]}",
    "{type: {}}", "{type: 1}", "!!binary aGk=", "!!binary x", "!!set {a}", "!!omap [a: 1]", "!!pairs [a: 1]",
    "!!timestamp x", "!!float x", "!!int x", "!!null x", "!!bool x", "!!str [a]", "!!map a", "!!seq {a: b}",
    "!!python/object/apply:os.system [id]", "!x y", "! x", "!!merge x", "!<tag:yaml.org,2002:int> ''", "!!int ''",
    "!!float ''", "!!int '-'", "!!int '0x'", "!!int 1:", "!!float '.'", "&a [*a]", "&a {a: *a}", "*a", "&a 1", "&a a",
    "{<<: *a}", "{<<: &a {<<: *a}}", "|\n  x\n", ">-\n  x\n", "? x", "@x", "%x", "`x`", "[" * 99 + "]" * 99,
    "{a: " * 99 + "}" * 99, "[" * 500, "{path: .}", "{path: ..}", "{file: x}", "{type: uri_file}", "{job: x}",
    "{component: x}", "{image: 1}", "{build: {path: ..}}", "{type: command, component: {}}", "{jobs: {a: {}}}",
    "'unclosed", "[unclosed", "{unclosed", "a: b: c", "- a\n- b", "\t", "#", "--- ", "...", "%YAML 9.9\n---",
    "%TAG ! x", *(json.dumps(text, ensure_ascii=True) for text in _TEXTS),
)
KEYS = (
    "? [a]", "? {a: b}", "~", "1", "1.5", "true", "on", "<<", "*a", "&a b", "!!binary aGk=", "!!str", "2001-01-01",
    "9" * 5000, *(json.dumps(text) for text in _TEXTS), "code", "component", "conda_file", "create_job",
    "create_monitor", "environment", "inputs", "jobs", "outputs", "path", "settings", "tags", "task", "training_data",
    "trial", "trigger", "additional_includes", "datastore", "identity", "limits", "search_space", "services",
    "resources", "distribution", "build", "credentials", "properties", "version", "import_data",
)
# What YAML and Jinja are written with.
TOKENS = (
    "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", "{% raw %}", "{% endraw %}", "${{", "|", "~",
    "**", "//", "{% for i in range(9) %}", "{% endfor %}", "{% if values %}", "{% endif %}", "{% else %}",
    "{% set x = values %}", "{% set x %}", "{% endset %}", "{% block b %}", "{% endblock %}", "{% macro m(x) %}",
    "{% endmacro %}", "{% call m() %}", "{% endcall %}", "{% include 'a.j2' %}", "{% import 'a.j2' as a %}",
    "{% from 'a.j2' import m %}", "{% extends 'a.j2' %}", "{% do %}", "{% with x = 1 %}", "{% endwith %}",
    "{% filter upper %}", "{% autoescape false %}", "{% trans %}", "{{ m(1) }}", "{{ a.m(1) }}", "{{ self.b() }}",
    "{{ super() }}", "{{ caller() }}", "{{ loop.index }}", "{{ values }}", "{{ vars }}", "{{ env }}", "{{ x }}", "\n",
    "\r\n", "\r", "\t", " ", "  ", "\n---\n", "\n...\n", ": ", "- ", "? ", ", ", "#", "&a ", "*a", "!x ", "<<: ",
    "|\n", ">\n", "'", '"', "[", "]", "{", "}", "\\", "%", "@", "`", "\ufeff", "\0", "\x85", "\u2028", "\ue000",
    "\ue0000\ue001", "\ue0021\ue003", *VALUES,
)
# The inside of `{{ ... }}`: where it starts, and what is done to it.
STARTS = (
    "values", "vars", "env", "project", "target", "self", "loop", "caller", "range", "dict", "cycler", "joiner",
    "namespace", "lipsum", "x", "''", "'a' * 9", "1", "9 ** 9", "[]", "[1, 'a']", "{}", "{'a': 1}", "()", "none",
    "true", "1.5", "1e308 * 9", "range(9)", "range(10 ** 9)", "namespace()", "joiner()", "cycler(1)", "dict(a=1)",
    "'%c'", "'{0}'", "'\\ud800'", "m", "a",
)
STEPS = (
    ".__class__", ".__mro__", ".__subclasses__()", ".__globals__", ".__init__", ".__builtins__", "['__class__']",
    ".func_globals", ".gi_frame", ".f_globals", ".cr_await", ".format(1)", ".format_map({})", ".join([1])",
    ".items()", ".keys()", ".get('a')", ".update({})", ".pop()", ".append(1)", ".clear()", ".encode()",
    ".translate({})", ".zfill(10 ** 9)", ".ljust(10 ** 10)", "()", "(1)", "(**{'a': 1})", "(*[1])", "[0]", "['a']",
    "[::-1]", "[:10 ** 9]", ".a", ".raw", ".environment", ".loader", ".blocks", ".template", "._name", ".name",
    ".next()", ".current", ".reset()", "._TemplateReference__context", ".module", ".exported_vars",
    " | attr('__class__')", " | map(attribute='__class__')", " | list", " | string", " | int", " | float", " | abs",
    " | length", " | tojson", " | tojson(9)", " | indent", " | indent(10 ** 9)", " | center(10 ** 10)",
    " | wordwrap(1)", " | batch(2)", " | slice(0)", " | slice(10 ** 9)", " | batch(10 ** 9, 1)", " | sum", " | sort",
    " | unique", " | groupby('a')", " | join('x')", " | first", " | last", " | max", " | min", " | reverse",
    " | replace('a', 'b' * 9)", " | format(1)", " | safe", " | escape", " | forceescape", " | urlize", " | urlencode",
    " | xmlattr", " | striptags", " | pprint", " | filesizeformat", " | round(9999)", " | default(1, true)",
    " | select", " | reject('eq', 1)", " | selectattr('a')", " | map('attr', '__class__')", " | dictsort", " | items",
    " | truncate(1)", " * 10 ** 9", " ** 99", " + 1", " ~ x", " % 1", " == 1", " < 1", " in values", " is defined",
    " is callable", " is sameas(1)", " is filter('a')", " is test('b')", " if 0", " if x else y", " and env",
    " or none", " not in []", " // 0", " | d",
)
