# git commits, branches, merges, clones, pushes and packs.
set -e
export GIT_AUTHOR_NAME=noise GIT_AUTHOR_EMAIL=noise@localhost GIT_COMMITTER_NAME=noise GIT_COMMITTER_EMAIL=noise@localhost
export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD
git init -q -b main work
cd work
for i in 1 2 3 4 5; do
	echo "$i" >file$i
	git add file$i
	git commit -q -m "$i"
done
git checkout -q -b other HEAD~2
echo other >other
git add other
git commit -q -m other
git checkout -q main
git merge -q -m merge other
cd ..
git clone -q --bare work bare.git
git clone -q bare.git copy
cd copy
echo more >more
git add more
git commit -q -m more
git push -q origin main
git gc -q
git fsck --no-progress >/dev/null 2>&1
