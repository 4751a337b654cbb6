import './styles/base.css';
import './styles/parts.css';
import { render } from 'preact';
import { App } from './app';
import { go } from './router';
import { follow } from './settings';
import { begin } from './state';
import { installServiceWorker, takeOpened, takeShared } from './update';

follow(document.documentElement);
void begin();
void takeShared();
takeOpened(() => go('scan'));
const root = document.getElementById('app');
if (root) render(<App />, root);
void installServiceWorker();
