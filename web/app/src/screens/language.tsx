import { languages, loadCatalogue, t, type Lang } from '../i18n';
import { catalogue } from '../i18n';
import { change } from '../settings';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { useLoad } from '../ui/useLoad';

const langs = Object.keys(languages) as Lang[];

/** Languages, each by its own name and with its own words about how far it can be trusted. */
export default function Screen() {
  const loaded = useLoad(() => Promise.all(langs.map(loadCatalogue)), []);
  return (
    <Page title={t('language.title')} back>
      <ul class="rows">
        {langs.map((lang, i) => (
          <li key={lang}>
            <button
              type="button"
              lang={lang}
              aria-pressed={lang === catalogue.value.lang}
              onClick={() => change({ lang })}
            >
              <span class="lines">
                <b>{languages[lang]}</b>
                {loaded?.[i]?.draft && <span class="soft">{loaded[i].words['language.draft']}</span>}
              </span>
              {lang === catalogue.value.lang && <Icon name="check" />}
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}
