import './styles/base.css';
import './styles/parts.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app';
import { catalogue, isLang, preferredLanguage, setLanguage } from './i18n';
import { go, loadScreen, place } from './router';
import { follow, settings } from './settings';
import { begin } from './state';
import { installServiceWorker, takeOpened, takeShared } from './update';

follow(document.documentElement);
effect(() => {
  const { lang } = settings.value;
  void setLanguage(isLang(lang) ? lang : preferredLanguage(navigator.languages));
});
effect(() => {
  document.documentElement.lang = catalogue.value.lang;
});
for (const name of [place.value.name, 'pin'] as const) void loadScreen(name).catch(() => undefined); // beside begin
void begin();
void takeShared();
takeOpened(() => go('scan'));
const root = document.getElementById('app');
if (root) render(<App />, root);
void installServiceWorker();
