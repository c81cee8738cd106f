#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Tests of the command line. Usage: test.sh PROGRAM REFERENCE SOURCES CASE; CASE is the name of a
# function below, without test_.
set -u
als=$1 reference=$2 sources=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# expect CODE ARGUMENT...: runs the program, whose output goes to the files out and err.
expect() {
    local code=$1 got=0
    shift
    "$als" "$@" >out 2>err || got=$?
    [ "$got" = "$code" ] || fail "als $*: exit code $got and not $code: $(cat err)"
}

# has FILE TEXT: the file has the text.
has() { grep -qF -- "$2" "$1" || fail "no '$2' in $1: $(head -c 2000 "$1")"; }
has_not() { ! grep -qF -- "$2" "$1" || fail "'$2' in $1: $(head -c 2000 "$1")"; }
# lines FILE COUNT: the file has so many lines.
lines() { [ "$(wc -l <"$1")" = "$2" ] || fail "$(wc -l <"$1") lines and not $2 in $1: $(cat "$1")"; }

# refused CODE TEXT ARGUMENT...: the program ends with this code and a single line on standard
# error, which has the text and names no option as C++ does.
refused() {
    local code=$1 text=$2
    shift 2
    expect "$code" "$@"
    lines err 1
    has err "$text"
    [ "$(head -c 5 err)" = 'als: ' ] || fail "als $*: $(cat err)"
    ! grep -qE 'als::|[( ]\.[a-z_]+' err || fail "als $*: the message speaks C++: $(cat err)"
}

# Two tastes: users a1..a6 play the items x1..x6, users b1..b6 the items y1..y6; each has not played
# one.
make_plays() {
    local taste item user
    echo 'user,item,plays'
    for taste in a:x b:y; do
        for user in 1 2 3 4 5 6; do
            for item in 1 2 3 4 5 6; do
                [ "$user" = "$item" ] || echo "${taste%:*}$user,${taste#*:}$item,$(((user * item) % 5 + 1))"
            done
        done
    done
}

trained() {
    make_plays >plays.csv
    expect 0 train plays.csv --implicit --factors 4 -q -o plays.model "$@"
}

test_train() {
    make_plays >plays.csv
    expect 0 train plays.csv --implicit -o ours.model
    has err '12 users, 12 items, 60 ratings'
    has err 'saved ours.model'
    has_not err $'\r'
    lines out 0
    "$reference" implicit plays.csv theirs.model
    cmp ours.model theirs.model || fail 'another model than that of the library'

    expect 0 train plays.csv --explicit --regularization 0.2 --item-regularization 0.3 \
        --regularization-exponent 0.5 --bias-regularization 0.1 --factors 3 --iterations 7 --seed 11 \
        --solver conjugate_gradient --conjugate-gradient-steps 3 --threads 1 --quiet -o ours.model
    lines err 0
    "$reference" explicit plays.csv theirs.model
    cmp ours.model theirs.model || fail 'another model than that of the library'

    cp plays.csv .hidden.csv
    expect 0 train .hidden.csv --implicit --factors 2 -o .hidden.model
    has err 'als: .hidden.csv: 12 users'
    has err 'saved .hidden.model'

    # The dialect: no header, other columns, a delimiter, repeated pairs, standard input.
    tail -n +2 plays.csv | awk -F, '{print $2 "|" $1}' >pairs.txt
    tail -n 1 plays.csv | awk -F, '{print $2 "|" $1}' >>pairs.txt
    "$als" train - --implicit --user-column 1 --item-column 0 --value-column -1 --delimiter '|' \
        --header absent --duplicates sum -o pairs.model <pairs.txt 2>err || fail "train -: $(cat err)"
    has err '12 users, 12 items, 60 ratings'
    expect 0 train plays.csv --implicit --minimum 3 --factors 2 -o some.model
    has err ' 32 ratings'
    printf 'who,what,much\na,x,NA\n,y,1\nb,y,2\na,y,3\n' >named.csv
    expect 0 train named.csv --implicit --user-column who --item-column what --value-column much \
        --missing NA --missing '' --factors 2 -o named.model
    has err 'left out 2 lines in which something is missing'
    printf 'user,item,rating\na,x,1\na,y,many\nb,y,2\n' >bad.csv
    expect 0 train bad.csv --explicit --bad-lines skip --factors 2 -o bad.model
    has err 'bad.csv:3:5'
}

test_checkpoint() {
    make_plays >plays.csv
    expect 0 train plays.csv --implicit --factors 4 --iterations 3 --checkpoint point -o short.model
    [ -s point ] || fail 'no checkpoint was written'
    expect 0 train plays.csv --implicit --factors 4 --iterations 9 --checkpoint point -o resumed.model
    expect 0 train plays.csv --implicit --factors 4 --iterations 9 -o whole.model
    cmp resumed.model whole.model || fail 'a resumed training gives another model'
    refused 1 'point is not a checkpoint of this training' train plays.csv --implicit --factors 3 \
        --iterations 9 --checkpoint point -q -o other.model
}

test_recommend() {
    trained
    expect 0 recommend plays.model --user a1 --count 3
    has out 'user,rank,item,score'
    lines out 4
    has out 'a1,1,x1,' # the one that a1 has not played
    for item in 2 3 4 5 6; do has_not out "x$item"; done
    expect 0 recommend plays.model --user a1 --count 6 --include-seen
    has out ',x2,'
    has_not out ',y2,'

    expect 0 recommend plays.model --all --count 1 --format json
    lines out 12
    has out '{"user":"b6","rank":1,"item":"y6","score":'
    printf 'a2\r\n\n  b3 \n' >some.txt
    expect 0 recommend plays.model --users some.txt --user a1 --count 1 -o list.csv
    lines out 0
    lines list.csv 4
    has list.csv 'a2,1,x2,'
    has list.csv 'b3,1,y3,'
    echo a4 | "$als" recommend plays.model --users - -n 1 >out 2>err
    has out 'a4,1,x4,'

    printf 'x1\nnothing\n' >deny.txt
    expect 0 recommend plays.model --user a1 --count 1 --deny deny.txt
    has_not out ',x1,'
    has err 'deny.txt: left out 1 item unknown to plays.model'
    printf 'y2\n' >allow.txt
    expect 0 recommend plays.model --user a1 --allow allow.txt
    lines out 2
    has out ',y2,'
    expect 0 recommend plays.model --user a1 --minimum-score 1000
    lines out 1

    refused 1 'plays.model has no user "nobody"' recommend plays.model --user nobody
    printf 'a2\nnobody\n' >some.txt
    expect 0 recommend plays.model --users some.txt --skip-unknown --count 1
    lines out 2
    [ "$(cat err)" = 'als: left out 1 unknown user' ] || fail "other notes: $(cat err)"

    trained --forget
    refused 1 '--include-seen' recommend plays.model --user a1
    expect 0 recommend plays.model --user a1 --include-seen --count 2
    lines out 3
}

# Ids and names with everything that CSV and JSON have to escape.
test_escapes() {
    printf 'user\titem\tplays\n' >odd.tsv
    printf 'a,b\tsay ""hi""\t1\nback\\slash\tcaf\xc3\xa9\t2\n' >>odd.tsv
    printf 'bad\xff\xc3(\tsay ""hi""\t3\n\x01\tcaf\xc3\xa9\t1\n' >>odd.tsv
    expect 0 train odd.tsv --implicit --no-quotes --factors 2 -o odd.model
    expect 0 recommend odd.model --all --include-seen --count 1
    has out '"a,b",1,'
    has out '"say """"hi"""""'
    has out 'back\slash,1,'
    expect 0 recommend odd.model --all --include-seen --count 1 --format json
    has out '{"user":"a,b","rank":1,"item":"say \"\"hi\"\""'
    has out '{"user":"back\\slash","rank":1,"item":"café"'
    has out '{"user":"bad\ufffd\ufffd("'
    has out '{"user":"\u0001"'
    if command -v python3 >/dev/null; then
        python3 -c 'import json, sys; [json.loads(line) for line in open("out", encoding="utf-8")]' ||
            fail 'no JSON'
    fi
}

test_names() {
    trained
    printf 'itemId,title\nx1,"First, the"\nx2,Second\nz,Other\n' >titles.csv
    expect 0 recommend plays.model --user a1 --count 1 --names titles.csv
    has out 'user,rank,item,name,score'
    has out 'a1,1,x1,"First, the",'
    expect 0 similar plays.model --item x3 --names titles.csv --format json
    has out '"similar":"x2","name":"Second","score":'
    printf 'x1|First\nx2|Second\n' >titles.txt
    expect 0 explain plays.model --user a1 --item x1 --names titles.txt --name-column 1
    has out 'history,x2,Second,'
    refused 1 'if the file has no header, say --name-column 1' explain plays.model --user a1 --item x1 --names titles.txt
    refused 1 'the name of another, or --name-column its number' recommend plays.model --user a1 --names titles.csv --name-column label
    printf 'id,title\nx1,First\n' >ids.csv
    refused 1 '--name-id-column' recommend plays.model --user a1 --names ids.csv
    expect 0 recommend plays.model --user a1 -n 1 --names ids.csv --name-id-column id
    has out ',First,'
}

test_similar() {
    trained
    expect 0 similar plays.model --item x1 --item y1 --count 2
    has out 'item,rank,similar,score'
    lines out 5
    ! grep -qE '^x1,.,y|^y1,.,x' out || fail "other tastes are similar: $(cat out)"
    expect 0 similar plays.model --user b2 --count 5 --similarity dot
    ! grep -q '^b2,.,a' out || fail "other tastes are similar: $(cat out)"
    mv out dot
    expect 0 similar plays.model --user b2 --count 5
    ! cmp -s out dot || fail '--similarity changes nothing'
    expect 0 similar plays.model --all-items --count 1
    lines out 13
    refused 2 '--item ID, --user ID or --all-items' similar plays.model
    refused 2 '--item ID, --user ID or --all-items' similar plays.model --item x1 --user a1
    refused 2 'leave it out with --user' similar plays.model --user a1 --names titles.csv
    refused 1 'no item "x9"' similar plays.model --item x9
    refused 2 'expected one of cosine|dot' similar plays.model --item x1 --similarity euclid
}

test_explain() {
    trained
    expect 0 explain plays.model --user a1 --item x1
    has out 'part,item,value,contribution'
    lines out 8
    awk -F, '$1 == "score" { score = $4 } $1 == "base" || $1 == "history" { sum += $4 }
        END { exit !(sum - score < 1e-5 && score - sum < 1e-5 && score > 0) }' out ||
        fail "not a sum: $(cat out)"
    expect 0 explain plays.model --user a1 --item x1 --count 2
    awk -F, '$1 == "score" { score = $4 } NR > 1 && $1 != "score" { sum += $4 }
        END { exit !(sum - score < 1e-5 && score - sum < 1e-5) }' out || fail "not a sum: $(cat out)"
    expect 0 explain plays.model --user a1 --item x1 --count 2 --format json
    lines out 5
    has out '{"part":"others","contribution":'
    has out '{"part":"history","item":"x'
    refused 2 '--count is -1' explain plays.model --user a1 --item x1 --count -1
    refused 1 'no user "c"' explain plays.model --user c --item x1
}

test_evaluate() {
    make_plays >plays.csv
    expect 0 evaluate plays.csv --implicit --factors 4 -k 3
    has out 'model,metric,value,low,high'
    grep -qE '^als,ndcg@3,[0-9.]+,[0-9.-]+,[0-9.]+$' out || fail "no interval: $(cat out)"
    grep -qE '^popularity,recall@3,' out || fail "no baseline: $(cat out)"
    has_not out rmse
    expect 0 evaluate plays.csv --explicit --factors 4 --metrics rmse,mae --split random --test-fraction 0.3
    lines out 5
    has out 'biases,rmse,'
    expect 0 evaluate plays.csv --explicit --factors 4 --split leave-out --leave 2 --no-baselines \
        --all-places --format json
    has out '{"model":"als","metric":"auc","value":'
    has_not out biases
    refused 1 'rmse says nothing; ask for ndcg or recall' evaluate plays.csv --implicit --factors 4 --metrics rmse -q
    refused 2 'there is no metric speed' evaluate plays.csv --implicit --metrics speed -q

    # Two files, and a model file.
    awk 'NR == 1 || NR % 6' plays.csv >train.csv
    { awk 'NR == 1 || NR % 6 == 0' plays.csv && echo 'c9,x1,2'; } >test.csv
    expect 0 evaluate train.csv --test test.csv --implicit --factors 4 --metrics recall --no-baselines
    has err 'left out 1 line with ids that are not known'
    cp out first
    expect 0 train train.csv --implicit --factors 4 -o train.model
    expect 0 evaluate --model train.model --test test.csv --metrics recall --no-baselines
    cmp first out || fail 'a saved model is judged otherwise'
    refused 1 'ask for ndcg or recall' evaluate --model train.model --test test.csv --metrics mae -o none.csv
    [ ! -e none.csv ] || fail 'a refused metric left a file behind'

    # By time.
    awk -F, 'NR == 1 { print $0 ",day" } NR > 1 { printf "%s,2024-01-%02d\n", $0, NR % 28 + 1 }' plays.csv >dated.csv
    expect 0 evaluate dated.csv --implicit --factors 4 --time-column day --split date --date 2024-01-20 \
        --metrics ndcg --no-baselines
    expect 0 evaluate dated.csv --implicit --factors 4 --time-column day --split leave-last-out \
        --metrics hit_rate --no-baselines
    refused 2 '--time-column' evaluate dated.csv --implicit --split leave-last-out -q
    refused 2 '--date' evaluate dated.csv --implicit --split date --time-column day -q
}

test_tune() {
    make_plays >plays.csv
    expect 0 tune plays.csv --implicit --factors 4 --try alpha=1,8 --try factors=2,3 --save best.model
    has out 'trial,ndcg,alpha,'
    lines out 5
    has err 'the best, for als train: --implicit --alpha '
    expect 0 info best.model
    has out 'objective.alpha,'
    expect 0 tune plays.csv --explicit --factors 2 --iterations 4 --range regularization=0.01:1 --trials 3 --folds 2
    has out 'trial,rmse,bias-regularization,regularization,factors,iterations,seconds'
    lines out 4
    expect 0 tune plays.csv --implicit --factors 2 --iterations 4
    has out 'trial,ndcg@20,'
    refused 1 'mae says nothing' tune plays.csv --implicit --metric mae --try alpha=1 -q
    refused 2 'no parameter speed' tune plays.csv --implicit --try speed=1 -q
    refused 2 'is not a number' tune plays.csv --implicit --try alpha=1,x -q
    refused 2 'NAME=LOW:HIGH' tune plays.csv --implicit --range alpha=3 -q
    refused 2 'not both' tune plays.csv --implicit --range alpha=1:3 --try alpha=1 -q
    refused 2 'expected whole numbers' tune plays.csv --implicit --try factors=2,2.5 -q
    refused 1 '--factors is 0' tune plays.csv --implicit --try factors=-1e10 -q
    refused 2 'go only with --try or --range' tune plays.csv --implicit --metric recall -q
    refused 2 'go only with --try or --range' tune plays.csv --implicit --folds 3 -q
    refused 2 'go only with --try or --range' tune plays.csv --implicit --split random -q
    refused 2 'either --folds or --split' tune plays.csv --implicit --try alpha=1 --folds 3 --split random -q
}

test_update() {
    trained
    printf 'user,item,plays\nnew,x1,3\nnew,x2,2\na1,z,1\n' >fresh.csv
    expect 0 update plays.model fresh.csv -o next.model
    has err 'fresh.csv: 3 ratings'
    has err 'added 3 events, 1 user and 1 item; saved next.model'
    expect 0 recommend next.model --user new --count 3
    has out 'new,1,x'
    has_not out ',x1,'
    expect 0 recommend plays.model --all # as it was
    has_not out new

    # Once more, into the same file; the pair is known by now.
    refused 1 'say what that means with --duplicates' update next.model fresh.csv -q
    expect 0 update next.model fresh.csv --duplicates sum -q
    lines err 0
    expect 0 explain next.model --user new --item x1
    has out 'history,x1,6,'
    expect 0 update next.model fresh.csv --duplicates last --touched -q
    expect 0 explain next.model --user new --item x1
    has out 'history,x1,3,'
    expect 0 info next.model --check
    has out 'users,13'
    has out 'seen,63'
    has out 'checksums,right'
}

test_info() {
    trained
    expect 0 info plays.model
    has out 'property,value'
    has out 'file,plays.model'
    has out 'users,12'
    has out 'factors,4'
    has out 'objective,implicit'
    has out 'has_ids,true'
    has out 'seen,60'
    has out 'training.factors,4'
    expect 0 info plays.model --check --format json
    lines out 1
    has out '"users":12,"items":12,"factors":4,"has_ids":true,"seen":60,'
    cp plays.model broken.model
    printf 'x' | dd of=broken.model bs=1 seek="$(($(wc -c <broken.model) - 1))" conv=notrunc status=none
    expect 0 info broken.model
    has_not out checksums
    refused 1 'its bytes have changed' info broken.model --check
    refused 1 'broken.model' recommend broken.model --user a1
    head -c 100 plays.model >cut.model
    refused 1 'cut.model' info cut.model
    refused 1 'plays.csv' info plays.csv
}

test_report() {
    trained
    expect 0 report plays.model -o page.html --title 'Plays <b>'
    has err 'open this in a browser'
    has page.html '"title":"Plays \u003cb>"'
    has page.html '"entries":60'
    has page.html 'A second model'
    printf 'item,title,genres\nx1,First,Noir|Crime\n' >titles.csv
    expect 0 report plays.model -o page.html --names titles.csv --group-column genres --test plays.csv -q
    lines err 0
    has page.html '"First"'
    has page.html '"Noir"'
    has page.html 'judged_on_training'
    refused 2 '--names' report plays.model --group-column genres
    refused 1 'there is no folder /nowhere; create it' report plays.model -o /nowhere/page.html
}

test_errors() {
    trained
    refused 1 'cannot open none.csv' train none.csv --implicit -o x.model
    refused 1 'none.model' recommend none.model --user a1
    refused 1 'there is no folder none' train plays.csv --implicit -o none/x.model -q
    printf 'user,item,rating\na,x,1\na,y,3.5abc\n' >bad.csv
    refused 1 'bad.csv:3:5' train bad.csv --explicit -o x.model
    has err '--value-column'
    cp bad.csv .bad.csv
    expect 1 train .bad.csv --explicit -o x.model
    has err 'als: .bad.csv:3:5'
    printf 'when,who,what\n1,a,x\n' >odd.csv
    refused 1 '--user-column' train odd.csv --implicit -o x.model
    printf 'user,item,plays\na,x,1\na,x,2\n' >twice.csv
    refused 1 '--duplicates sum, last, mean or max' train twice.csv --implicit -o x.model
    printf '1;Crosby, Stills\n2;Heat, The\n' >two.csv
    refused 1 '--delimiter' train two.csv --implicit --value-column -1 -o x.model
    printf '#ann,Old Man,3\nbob,Old Man,2\n' >comment.csv
    refused 1 '--comment none' train comment.csv --implicit -o x.model
    printf 'user,item,plays\nNULL,x,1\n' >null.csv
    refused 1 '--missing' train null.csv --implicit -o x.model
    has err '--any-id'
    refused 1 '--factors is 0' train plays.csv --implicit --factors 0 -q -o x.model
    refused 1 '--alpha is -1' train plays.csv --implicit --alpha -1 -q -o x.model
    refused 1 '--test-fraction is 2' evaluate plays.csv --implicit --test-fraction 2 -q
    [ ! -e x.model ] || fail 'a refused training wrote a model'

    refused 2 'a command is missing; see als --help'
    refused 2 'there is no command nonsense; see als --help' nonsense plays.model
    refused 2 'there is no option --nonsense; see als --help' --nonsense
    refused 2 'train has no option --fast; see als train --help' train plays.csv --implicit -o x.model --fast 3
    refused 2 'train does not expect more.csv' train plays.csv more.csv --implicit -o x.model
    refused 2 '--implicit' train plays.csv -o x.model
    refused 2 '--implicit' train plays.csv --implicit --explicit -o x.model
    refused 2 '--alpha goes only with --implicit' train plays.csv --explicit --alpha 3 -o x.model
    refused 2 '--no-biases goes only with --explicit' train plays.csv --implicit --no-biases -o x.model
    refused 2 '--output' train plays.csv --implicit
    refused 2 'DATA' train --implicit -o x.model
    refused 2 '--factors' train plays.csv --implicit --factors many -o x.model
    refused 2 '--users FILE or --all' recommend plays.model
    refused 2 '--comment' train plays.csv --implicit --comment '//' -o x.model
}

test_pipes() {
    trained
    # More than a pipe holds.
    for n in 1 2 3 4 5 6 7 8 9 10; do sed "1d;s/^/$n/" plays.csv; done >many.csv
    { echo 'user,item,plays' && cat many.csv; } >more.csv
    expect 0 train more.csv --implicit --factors 4 -q -o more.model
    "$als" similar more.model --all-items --count 3 2>err | head -n 1 >out
    lines err 0
    lines out 1
    yes a1 | head -n 20000 >users.txt
    "$als" recommend plays.model --users users.txt 2>err | head -n 1 >out
    lines err 0
    lines out 1
    # A shell that ignores SIGPIPE, as some programs that start others do.
    (trap '' PIPE && "$als" recommend plays.model --users users.txt 2>err; echo $? >code) | head -n 1 >out
    lines err 0
    [ "$(cat code)" = 141 ] || fail "exit code $(cat code) and not 141"
    if [ -e /dev/full ]; then
        "$als" recommend plays.model --user a1 2>err >/dev/full && fail 'a full disk is no error'
        has err 'cannot write standard output'
        refused 1 'cannot write /dev/full' recommend plays.model --user a1 -o /dev/full
    fi
    refused 1 'cannot create none/x.csv' recommend plays.model --user a1 -o none/x.csv
}

# started COMMAND...: starts a training in the background, in a process group of its own, and waits
# until it listens to Ctrl-C.
started() {
    "$als" "$@" >out 2>err &
    process=$!
    for _ in $(seq 200); do
        grep -qE ' factors in |searching' err && return
        sleep 0.05
    done
    fail "the training did not begin: $(cat err)"
}

test_interrupt() {
    set -m # jobs listen to Ctrl-C
    make_plays >plays.csv
    started train plays.csv --implicit --factors 4 --iterations 1000000000 --threads 1 -o stopped.model
    kill -INT "$process"
    wait "$process"
    code=$?
    [ "$code" = 130 ] || fail "exit code $code and not 130"
    has err 'interrupted; saved the model reached so far as stopped.model'
    expect 0 recommend stopped.model --user a1 --count 1
    has out 'a1,1,x1,'
    expect 0 info stopped.model
    has_not out 'training.iterations,1000000000'

    started tune plays.csv --implicit --factors 4 --iterations 1000000000 --patience 0 --try alpha=1,2
    kill -INT "$process"
    wait "$process"
    code=$?
    [ "$code" = 130 ] || fail "exit code $code and not 130"
    has out 'trial,ndcg,'
}

options_in() { grep -oE -- '--[a-z][a-z-]+' | sort -u; }

test_help() {
    local command
    expect 0 --version
    has out "als $(sed -n 's/^## \[\([0-9.]*\)\].*/\1/p' "$sources/CHANGELOG.md" | head -n 1)"
    "$als" man-page | sed 's/[\\]//g' | options_in >page
    expect 0 --help
    has out 'Exit codes:'
    sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' out >commands
    while read -r command; do
        has "$sources/docs/command-line.md" "als $command"
        expect 0 "$command" --help
        has out 'Examples:'
        has out "  als $command"
        awk 'length > 100 { exit 1 }' out || fail "als $command --help has long lines"
        options_in <out >options
        [ -z "$(comm -23 options page)" ] || fail "the man page lacks $(comm -23 options page)"
    done <commands
    [ "$(wc -l <commands)" -ge 8 ] || fail 'als --help does not list the commands'
    if command -v man >/dev/null && command -v groff >/dev/null; then
        "$als" man-page >als.1
        [ -z "$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z ./als.1 2>&1 >/dev/null)" ] ||
            fail 'man warns of the man page'
    fi
}

test_progress() {
    command -v script >/dev/null || exit 77
    make_plays >plays.csv
    script -qec "'$als' train plays.csv --implicit --factors 4 --iterations 100 -o x.model" /dev/null >terminal
    has terminal 'training [#'
    has terminal ' left'
    script -qec "'$als' train plays.csv --implicit --factors 4 --iterations 100 -q -o x.model" /dev/null >terminal
    has_not terminal 'training'
    # A pipe gets none.
    "$als" train plays.csv --implicit --factors 4 --iterations 100 -o x.model 2>&1 | cat >out
    has_not out '[#'
}

"test_$4"
[ "$failures" = 0 ]
