internal import HearthProfile

/// What the page knows of a profile or a difference: settings as JSON, and the tree with its values as bytes.
///
/// A frame costs about four bytes and a row of values about three more: names, functions and sets of labels are numbers.
struct ViewerData {
    /// One JSON object that needs no escaping in HTML.
    private(set) var settings: [UInt8]
    private(set) var stream = ByteStream()

    /// - Parameters:
    ///   - column: what is shown first.
    ///   - colors: how frames are coloured at first.
    ///
    /// O(stacks + samples) a column.
    init(_ profile: Profile, column: Int, colors: ColorScheme) {
        let profile = profile.hidingThunks()
        let (tree, nodeOfStack) = CallTree.ofAllColumns(profile)
        let order = TreeOrder(tree)
        let rows = ProfileRows(profile, nodeOfStack: nodeOfStack, order)
        stream.reserve(tree.count * 4 + rows.count * (2 + profile.sampleTypes.count * 2))
        order.write(tree, to: &stream)
        rows.write(to: &stream)

        var json = JSONObject()
        json.number("nodes", Double(tree.count))
        json.number("rows", Double(rows.count))
        json.raw(
            "types",
            jsonList(Array(profile.sampleTypes.enumerated())) { column, type in
                var object = JSONObject()
                object.text("name", type.type)
                object.text("title", defaultTitle(of: type))
                object.text("summary", profile.summary(column: column))
                object.raw("steps", Quantity(unit: type.unit).script)
                return object.text
            })
        json.number("column", Double(column))
        json.text("scheme", colors.rawValue)
        json.raw(
            "labels",
            jsonList(rows.labels.keys) { key in
                var object = JSONObject()
                object.text("key", key.name)
                object.strings("values", key.values)
                let colors = key.values.map { Palette.number(ofClass: FrameColors.labelClass($0)) }
                object.text("hues", Self.letters(colors))
                return object.text
            })
        json.raw("sets", jsonList(rows.labels.sets) { "[" + $0.map(String.init).joined(separator: ",") + "]" })
        json.strings("leftOut", rows.labels.leftOut)
        Self.describe(tree, &json)
        settings = json.ended
    }

    /// O(nodes).
    init(_ diff: ProfileDiff) {
        let tree = diff.tree
        let order = TreeOrder(tree)
        stream.reserve(tree.count * 9)
        order.write(tree, to: &stream)
        var rows = 0
        var last = 0
        for (place, node) in order.nodes.enumerated() {
            let values = tree.selfValues.map { $0[Int(node)] }
            guard values.contains(where: { $0 > 0 }) else { continue }
            rows += 1
            stream.varint(place - last)
            last = place
            for value in values { stream.varint(UInt64(max(value, 0))) }
        }
        let verdicts = DiffVerdicts(diff, order)
        verdicts.write(to: &stream)

        var json = JSONObject()
        json.number("nodes", Double(tree.count))
        json.number("rows", Double(rows))
        var type = JSONObject()
        type.text("name", diff.type.type)
        type.text("title", defaultTitle(of: diff.type))
        type.raw("steps", Quantity(unit: diff.type.unit).script)
        json.raw("types", "[\(type.text)]")
        json.number("column", 0)
        json.text("scheme", ColorScheme.module.rawValue)
        json.raw("labels", "[]")
        json.raw("sets", "[]")
        json.raw("leftOut", "[]")
        json.raw("diff", verdicts.settings(diff))
        Self.describe(tree, &json)
        settings = json.ended
    }

    /// Names, origins and colours of the functions.
    private static func describe(_ tree: CallTree, _ json: inout JSONObject) {
        let functions = tree.functions
        let images = Set(functions.map(\.image)).sorted()
        let imageNumbers = Dictionary(uniqueKeysWithValues: images.enumerated().map { ($1, $0) })
        json.strings("names", functions.map(\.name))
        json.strings("fullNames", functions.map { $0.fullName == $0.name ? "" : $0.fullName })
        json.strings("images", images)
        json.raw("imageOf", jsonList(functions) { String(imageNumbers[$0.image] ?? 0) })
        json.text("kinds", functions.map { String($0.kind.rawValue) }.joined())
        json.raw(
            "schemes",
            "{"
                + ColorScheme.allCases.map { scheme in
                    let numbers =
                        scheme == .label
                        ? functions.map { Palette.number(ofClass: FrameColors.labelClass($0.name)) }
                        : FrameColors.classes(of: functions, scheme: scheme).map { Palette.number(ofClass: $0) }
                    return "\(scriptString(scheme.rawValue)):\(scriptString(letters(numbers)))"
                }.joined(separator: ",") + "}")
        json.raw("palette", jsonList(Palette.all) { "[\"\(cssColor($0.light))\",\"\(cssColor($0.dark))\"]" })
    }

    /// A letter a number, from `A` on, of the alphabet that `alphabet` of the script has.
    private static func letters(_ numbers: [Int]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        return String(decoding: numbers.map { alphabet[$0] }, as: UTF8.self)
    }
}
