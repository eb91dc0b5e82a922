#!/bin/sh
# run.sh - PrairieLearn runs this in the grader's container, as root, and reads /grade/results/results.json.
grade=${GRADE:-/grade}
mkdir -p "$grade/results"
chmod 700 "$grade/results" # students' programs run as nobody
"${WINDSOCK_PREFIX:-/opt/windsock}/grade.sh" "$grade/student" "@LESSON@" prairielearn "$grade/results/results.json" && exit 0
cat > "$grade/results/results.json" << 'JSON'
{"gradable": false, "format_errors": ["windsock could not grade this, which is not your fault. Please tell your instructor, who finds the reason in the grader's log."]}
JSON
