interface Props {
  name: string;
  legend: string;
  chosen: string;
  onChoose: (value: string) => void;
  options: [value: string, label: string][];
}

/** One of a few, as a list that stands there: a box that opens (select) cuts long words off. */
export function Choice({ name, legend, chosen, onChoose, options }: Props) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(([value, label]) => (
        <label class="choice" key={value}>
          <input type="radio" name={name} checked={chosen === value} onChange={() => onChoose(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
