internal import HearthRuntime

/// A date → a unit vector of two, turned by its freshness: a quarter turn for what is as new as `asOf` or newer, back by half with every
/// half-life.
struct RecencyNode: NodeBody {
    let inputs: [ColumnType] = [.text]
    let output = ColumnType.vector(dimension: 2)
    let traits = NodeTraits.itemwise
    let halfLifeDays: Double
    let asOf: CalendarDay

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let texts = try input.texts()
        var vectors = VectorColumn(dimension: 2)
        var rejections: [ItemError] = []
        let rejected = Set(input.rejections.map(\.item))
        for item in 0..<texts.count {
            guard !rejected.contains(item), let text = texts[item] else {
                vectors.append([])
                continue
            }
            guard let day = CalendarDay(text) else {
                let shown = String(decoding: text.prefix(40), as: UTF8.self)
                rejections.append(
                    ItemError(item: item, reason: "'\(shown)' is no date such as 2026-11-27", byte: 0))
                vectors.append([])
                continue
            }
            vectors.append(vector(day))
        }
        return NodeOutput(.vector(vectors), rejections: rejections)
    }

    func vector(_ day: CalendarDay) -> [Float] {
        let age = Double(max(0, asOf.number - day.number))
        let part = Self.linearHalving(age / halfLifeDays)
        // A half circle by algebra: library functions differ in the last bit by machine.
        let scale = 1 + part * part
        return [Float((1 - part * part) / scale), Float(2 * part / scale)]
    }

    /// 2 to the power of minus a number, straight between whole numbers: within 0.07 of it, and exact arithmetic.
    private static func linearHalving(_ number: Double) -> Double {
        guard number < 1_000 else { return 0 }
        let whole = number.rounded(.down)
        return (1 - (number - whole) / 2) * Double(sign: .plus, exponent: -Int(whole), significand: 1)
    }
}
