// The part of the Python extension's API that is asked for the selected environment.
const { EventEmitter, Uri } = require('vscode');

exports.activate = () => ({
  environments: {
    onDidChangeActiveEnvironmentPath: new EventEmitter().event,
    getActiveEnvironmentPath: () => ({ path: process.env.PPL_TEST_PYTHON }),
    resolveEnvironment: async ({ path }) => ({ executable: { uri: Uri.file(path) } }),
  },
});
