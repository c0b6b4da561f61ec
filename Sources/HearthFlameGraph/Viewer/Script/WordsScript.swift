/// Values in words, by the rules of `Quantity.swift`.
enum WordsScript {
    static let source = #"""
        const groups = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });
        const percent = (part, whole) => whole > 0 && part === whole ? "100%"
          : (whole > 0 ? part / whole * 100 : 0).toFixed(2) + "%";
        const significant = (n) => n < 9.995 ? n.toFixed(2) : n < 99.95 ? n.toFixed(1) : Math.round(n).toLocaleString("en-US");
        const steps = () => settings.types[state.type].steps;
        const quantity = (scaled) => {
          const [sizes, unit, divisor] = steps(), value = scaled / divisor;
          for (const [size, name] of sizes) if (value >= size) return significant(value / size) + " " + name;
          return groups(value) + " " + unit;
        };
        // Of a quotient three figures, also where it is small.
        const quotient = (scaled) => {
          const [sizes, unit, divisor] = steps(), value = scaled / divisor;
          for (const [size, name] of sizes) if (value >= size) return significant(value / size) + " " + name;
          if (value === 0) return "0 " + unit;
          let places = 2;
          for (let limit = 0.9995; value < limit && places < 9; limit /= 10) places++;
          return (places === 2 ? significant(value) : value.toFixed(places)) + " " + unit;
        };

        // Both sides of a difference: totals, one value as it is compared, the difference of two.
        const sideTotals = [0, 0];
        const amount = (value, side) => diff.work ? quotient(value / diff.work[side]) : quantity(value);
        const compared = (value, side) => diff.by === "share" ? (sideTotals[side] > 0 ? value / sideTotals[side] : 0)
          : diff.work ? value / diff.work[side] : value;
        const signed = (value) => {
          const size = Math.abs(value);
          const text = diff.by === "share" ? (size * 100).toFixed(2) + "%"
            : diff.work ? quotient(size) : quantity(Math.round(size));
          return (value < 0 && /[1-9]/.test(text) ? "-" : "+") + text;
        };
        // An interval without zero is no verdict where there are too few samples for one.
        const verdictText = ({ verdict, low, high }) => verdict === 1 ? "grew" : verdict === 2 ? "shrank"
          : low > 0 || high < 0 ? "too few samples" : "may be chance";
        const verdictClass = (verdict) => ["noise", "grew", "shrank"][verdict];
        """#
}
