import { useKnown } from '../../known';
import { Face } from '../../ui/Face';
import './who.css';

interface Props {
  account: string;
  /** As the bank knows them; empty: it says nothing. */
  name: string;
  /** What is said of them: "You pay {name}". */
  say: (name: string) => string;
}

/** Somebody by name, and by face when this phone has it. */
export function Who({ account, name, say }: Props) {
  const known = useKnown();
  const called = known.nameOf(account, name);
  return (
    <p class="who">
      <Face name={called} photo={known.faceOf(account)?.photo} size={56} />
      <span>{say(called)}</span>
    </p>
  );
}
