import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app';
import { catalogue, isLang, preferredLanguage, setLanguage } from './i18n';
import { bring, go, loadScreen, loadedScreen, place } from './router';
import Home from './screens/home';
import Pin from './screens/pin';
import Welcome from './screens/welcome';
import { follow, settings } from './settings';
import { begin } from './state';
import { fail } from './ui/Toast';
import { installServiceWorker, takeOpened, takeShared } from './update';

follow(document.documentElement);
effect(() => {
  const { lang } = settings.value;
  void setLanguage(isLang(lang) ? lang : preferredLanguage(navigator.languages));
});
effect(() => {
  document.documentElement.lang = catalogue.value.lang;
});
// The screens that can come first are part of this file: each file more costs a slow phone some twenty milliseconds.
bring('home', Home);
bring('pin', Pin);
bring('welcome', Welcome);
if (!loadedScreen(place.value.name)) void loadScreen(place.value.name).catch(() => undefined); // beside begin
void begin();
void takeShared().catch(fail);
takeOpened(() => go('scan'));
const root = document.getElementById('app');
if (root) render(<App />, root);
void installServiceWorker();
