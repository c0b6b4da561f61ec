internal import HearthProfile

/// The style class of every box of a layout, by scheme.
struct FrameColors {
    private(set) var classes: [String] = []
    private(set) var styles = PaletteStyles()

    init(_ tree: CallTree, _ layout: FlameLayout, scheme: ColorScheme) {
        var classOfFunction: [UInt32: String] = [:]
        // By depth, the class that the label frame above gives to what stands on it.
        var inherited: [String] = []
        classes.reserveCapacity(layout.boxes.count)
        for box in layout.boxes {
            inherited.removeLast(max(0, inherited.count - box.depth))
            var under = inherited.last ?? ""
            guard case .node(let node) = box.content else {
                classes.append(styles.use("o", Palette.neutral))
                continue
            }
            if node == 0 {
                classes.append(styles.use("a", Palette.root))
            } else {
                let number = tree.nodeFunctions[node]
                let function = tree.functions[Int(number)]
                if scheme == .label {
                    if function.kind == .label { under = function.name }
                    classes.append(labelClass(function, under: under))
                } else if let known = classOfFunction[number] {
                    classes.append(known)
                } else {
                    let new = functionClass(function, scheme: scheme)
                    classOfFunction[number] = new
                    classes.append(new)
                }
            }
            while inherited.count <= box.depth { inherited.append(under) }
        }
    }

    private init() {}

    /// The class of every function, by a scheme that asks for nothing else (with `label`, as by `module`).
    static func classes(of functions: [CallTree.Function], scheme: ColorScheme) -> [String] {
        var colors = FrameColors()
        return functions.map { colors.functionClass($0, scheme: scheme) }
    }

    /// The class, in its first shade, of what stands under a label of this text.
    static func labelClass(_ text: String) -> String {
        var colors = FrameColors()
        let hash = stableHash(text)
        return colors.hue(hash >> 4, hash & 1 == 1, shade: 0)
    }

    private mutating func functionClass(_ function: CallTree.Function, scheme: ColorScheme) -> String {
        switch function.kind {
        case .label: return styles.use("l", Palette.label)
        case .marker: return styles.use("m", Palette.marker)
        case .function, .inlined: break
        }
        // Collapsed stacks have no kinds: a name in brackets alone is a mark there.
        if function.name.hasPrefix("["), function.name.hasSuffix("]"), function.image.isEmpty {
            return styles.use("m", Palette.marker)
        }
        let hash = stableHash(function.name)
        switch scheme {
        case .module, .label:
            let origin = CodeOrigin(function)
            // Of a bare name nothing is known: neighbours are told apart at least.
            if origin.module.isEmpty { return hue(hash >> 8, false, shade: hash) }
            return hue(stableHash(origin.module), origin.family == .system, shade: hash)
        case .kind:
            return kindClass(function, shade: hash)
        case .hash:
            let hue = Int(hash >> 8) % (Palette.warm.count + Palette.cool.count)
            let isCool = hue >= Palette.warm.count
            return self.hue(UInt32(isCool ? hue - Palette.warm.count : hue), isCool, shade: hash)
        case .warm:
            return self.hue(hash >> 8, false, shade: hash)
        }
    }

    private mutating func labelClass(_ function: CallTree.Function, under label: String) -> String {
        if function.kind == .marker { return styles.use("m", Palette.marker) }
        if label.isEmpty { return styles.use("o", Palette.neutral) }
        let hash = stableHash(label)
        return hue(hash >> 4, hash & 1 == 1, shade: stableHash(function.name))
    }

    private mutating func kindClass(_ function: CallTree.Function, shade: UInt32) -> String {
        if function.name.hasSuffix("_[k]") || function.image == "[kernel]" { return hue(3, false, shade: shade) }
        if function.name.hasSuffix("_[j]") { return hue(3, true, shade: shade) }
        if function.name.hasSuffix("_[i]") || function.kind == .inlined { return hue(1, true, shade: shade) }
        return CodeOrigin(function).family == .system ? hue(0, true, shade: shade) : hue(0, false, shade: shade)
    }

    private mutating func hue(_ number: UInt32, _ isCool: Bool, shade: UInt32) -> String {
        let hues = isCool ? Palette.cool : Palette.warm
        let hue = Int(number) % hues.count
        let shade = Int(shade) % Palette.shades
        return styles.use("\(isCool ? "c" : "w")\(hue)\(shade)", hues[hue][shade])
    }
}
