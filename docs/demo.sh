#!/bin/sh
# What `make demo` does once aml is installed: these commands, and nothing else.
set -eu
cd "$(dirname "$0")/.."

echo
echo '$ aml validate'
aml validate
echo
echo '$ aml apply --auto-approve --wait'
aml apply --auto-approve --wait
cat <<'TEXT'

Try next (activate the environment first: . .venv/bin/activate)
  aml plan                     nothing to do: the content decides, and it was trained
  sed -i.bak 's/learning_rate: 0.9/learning_rate: 0.5/' specs/jobs/iris-train.yml
  aml plan                     one run, and why
  aml apply --wait             train it
  aml logs iris-train          what the run wrote
  aml workspace status         the embedded workspace, and a link to its MLflow
  aml workspace stop           stops it; by itself after an idle hour
TEXT
