import { Page } from '../ui/Page';

export default function Screen() {
  return <Page title="words" />;
}
