// First of all: the worker begins to load the rules while the page is still being read. On a slow phone both take half a
// second; one after the other they would take a whole one.
import './styles/base.css';
import './styles/parts.css';
import { warmUp } from './rpc';

warmUp();
void import('./main');
