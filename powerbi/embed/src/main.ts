import { App } from './app.js';
import { Session } from './session.js';
import { applyTheme } from './theme.js';

applyTheme();
const settings = JSON.parse(document.getElementById('settings')!.textContent) as ConstructorParameters<
  typeof Session
>[0];
void new App(new Session(settings), document.getElementById('app')!).start();
