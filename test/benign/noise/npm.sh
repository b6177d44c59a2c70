# npm packs packages and installs them with their dependencies and scripts, from files and its own cache.
set -e
export npm_config_cache=$PWD/cache npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
mkdir base app
echo '{"name":"noise-base","version":"1.0.0","main":"index.js"}' >base/package.json
echo 'module.exports = 42;' >base/index.js
(cd base && npm pack --silent --offline >/dev/null)
npm cache add "$PWD/base/noise-base-1.0.0.tgz" --offline >/dev/null
echo '{"name":"noise-app","version":"1.0.0","scripts":{"postinstall":"node -e 1","test":"node index.js"}}' >app/package.json
echo 'process.exit(require("noise-base") === 42 ? 0 : 1);' >app/index.js
cd app
npm install --silent --offline ../base/noise-base-1.0.0.tgz >/dev/null
npm test --silent
