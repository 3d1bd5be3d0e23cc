module.exports = require('./global-setup.ts').teardown;
