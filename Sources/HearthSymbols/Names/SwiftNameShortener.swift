internal import HearthProfile

/// Reads what the demangler prints, which is no grammar anyone has written down: see the table in the tests for what is met.
struct SwiftNameShortener {
    let text: NameText
    let modules: ModulesLeftOut
    private(set) var thunk: Frame.Thunk?

    /// Contexts inside contexts: closures nest, but a name that nests more was made to do harm.
    static let deepestContext = 24

    init(_ demangled: String, program: String) {
        text = NameText(demangled)
        modules = ModulesLeftOut(program: program)
    }

    mutating func short() -> String {
        var range = text.all
        // `… with unmangled suffix ".resume.0"`
        if let suffix = text.find(" with unmangled suffix \"", in: range) { range = 0..<suffix }
        return name(range, depth: 0).text
    }

    /// A thunk inside of a thunk is a bare one if either is.
    mutating func mark(_ kind: Frame.Thunk) {
        if thunk != .bare { thunk = kind }
    }

    // MARK: Names

    /// A name in four parts, as in `Module.` `Type` . `f(x:)` in `closure 1 in g()`.
    struct Name {
        /// With a point, or empty.
        var module = ""
        var context = ""
        var member = ""
        var outer = ""
        /// A type declared in a function: `Type #1 in g()`.
        var isLocalType = false

        var text: String {
            module + (context.isEmpty ? member : "\(context).\(member)") + (outer.isEmpty ? "" : " in \(outer)")
        }
    }

    mutating func name(_ whole: Range<Int>, depth: Int) -> Name {
        guard depth < Self.deepestContext else { return Name(member: "…") }
        var range = whole
        while let rest = withoutWrapper(range) { range = rest }
        if let generated = generatedName(range, depth: depth) { return generated }
        return declaration(range, depth: depth) ?? Name(member: words(range, depth: depth))
    }

    /// A function, accessor, closure or type with its contexts; nil for anything else.
    mutating func declaration(_ range: Range<Int>, depth: Int) -> Name? {
        let end = range.upperBound
        guard let path = path(range), !path.components.isEmpty else { return nil }
        var position = path.end
        var name = Name(module: modules.prefix(path.module))
        let split = path.memberCount
        name.context = path.components.dropLast(split).joined(separator: ".")
        var member = path.components.suffix(split)
        if split == 2, member.first == "subscript", let labels = subscriptLabels(at: position, before: end) {
            member[member.startIndex] += labels
        }
        name.member = member.joined(separator: ".")
        name.isLocalType = path.isLocal && text.has(" in ", at: position, before: end)
        if path.isLocalFunction, text.byte(position, before: end) == UInt8(ascii: " ") {
            // `helper #1 <A>(A) -> () in f() -> ()`
            let arguments = skippingGenerics(position + 1, before: end)
            if text.byte(arguments, before: end) == UInt8(ascii: "(") { position = arguments }
        }
        if !path.isLocal || path.isLocalFunction, text.byte(position, before: end) == UInt8(ascii: "("),
            let close = text.endOfBrackets(at: position, before: end)
        {
            if !path.isOperator { name.member += labels(position + 1..<close - 1) }
            position = close
        }
        let rest = position..<end
        guard rest.isEmpty || isSignature(at: position, before: end) || path.isLocal else { return nil }
        guard let context = path.isLocal ? text.findOutsideBrackets(" in ", in: rest) : context(in: rest) else {
            return name
        }
        let outer = self.name(context + 4..<end, depth: depth + 1)
        if outer.isLocalType, !path.isLocal {
            // A member of a local type stands before it: `f() -> () in Type #1 in g()`.
            name.context = name.context.isEmpty ? outer.member : "\(outer.member).\(name.context)"
            name.outer = outer.outer
        } else {
            name.outer = outer.text
        }
        return name
    }

    /// Where ` in ` leads to the type that a member belongs to. The result may be a local type itself, with contexts of its
    /// own: `init() -> Type #1 in f() -> () in Type #1 in f() -> ()`.
    private func context(in range: Range<Int>) -> Int? {
        guard let first = text.findOutsideBrackets(" in ", in: range),
            let arrow = text.find(" -> ", in: range.lowerBound..<first)
        else { return text.findOutsideBrackets(" in ", in: range) }
        let result = text.bytes[arrow + 4..<first]
        guard result.contains(UInt8(ascii: "#")), result.count < 256 else { return first }
        var place = range.upperBound - result.count - 4
        while place > first {
            if text.has(" in ", at: place, before: range.upperBound),
                text.bytes[place + 4..<place + 4 + result.count] == result
            {
                return place
            }
            place -= 1
        }
        return first
    }

    /// `(row:_:)` of `subscript.getter : (row: Swift.Int, _: Swift.Int) -> Swift.Double`
    private func subscriptLabels(at position: Int, before end: Int) -> String? {
        var place = position
        guard text.has(" : ", at: place, before: end) else { return nil }
        place = skippingGenerics(place + 3, before: end)
        guard text.byte(place, before: end) == UInt8(ascii: "("),
            let close = text.endOfBrackets(at: place, before: end)
        else { return nil }
        return labels(place + 1..<close - 1)
    }

    /// What may follow a name: effects, a result, a type, a context.
    private func isSignature(at position: Int, before end: Int) -> Bool {
        text.has(" -> ", at: position, before: end) || text.has(" : ", at: position, before: end)
            || text.has(" in ", at: position, before: end) || text.has(" async", at: position, before: end)
            || text.has(" throws", at: position, before: end) || text.has(" where ", at: position, before: end)
            || text.has(" rethrows", at: position, before: end)
    }

    // MARK: Paths

    struct Path {
        /// Whose code it is: for a member of an extension the module of that.
        var module = ""
        var components: [String] = []
        var end: Int
        /// Declared in a function, or a closure: what it is in follows.
        var isLocal = false
        var isLocalFunction = false
        var isOperator = false

        private static let accessors: Set<String> = [
            "getter", "setter", "modify", "read", "modify2", "read2", "didset", "willset", "init", "unsafeAddressor",
            "unsafeMutableAddressor", "owningAddressor", "mutableAddressor", "owningMutableAddressor",
            "nativeOwningAddressor", "nativeOwningMutableAddressor", "nativePinningAddressor", "borrow", "mutate",
            "yielding_borrow", "yielding_mutate", "materializeForSet",
        ]

        /// How many of the last components name the member: an accessor goes with its variable.
        var memberCount: Int {
            guard components.count > 1, let last = components.last, last != "init", Self.accessors.contains(last) else {
                return 1
            }
            return 2
        }
    }

    /// `static (extension in M):M.Type<A>.(name in _D)` and the like; nil when no path begins here.
    private func path(_ range: Range<Int>) -> Path? {
        let end = range.upperBound
        var position = range.lowerBound
        var hasModule = true
        var extensionModule = ""
        while true {
            if text.has("static ", at: position, before: end) {
                position += 7
            } else if text.has("(extension in ", at: position, before: end),
                let close = text.endOfBrackets(at: position, before: end),
                text.byte(close, before: end) == UInt8(ascii: ":")
            {
                extensionModule = text.string(position + 14..<close - 1)
                position = close + 1
            } else {
                break
            }
        }
        var path = Path(end: position)
        let isImplicit = text.has("implicit closure #", at: position, before: end)
        if isImplicit { position += 9 }
        while let component = component(at: position, before: end) {
            if path.components.isEmpty, component.isPrivate { hasModule = false }
            if !component.name.isEmpty { path.components.append(component.name) }
            position = component.end
            path.end = position
            if component.isOperator {
                path.isOperator = true
                break
            }
            if text.has(" #", at: position, before: end) {
                let digits = position + 2
                let behind = text.endOfDigits(at: digits, before: end)
                let last = path.components.count - 1
                if component.name == "closure", behind > digits {
                    let closure = isImplicit ? "implicit closure" : "closure"
                    path.components[last] = "\(closure) \(text.string(digits..<behind))"
                } else if component.name == "$defer", behind > digits {
                    path.components[last] = "defer \(text.string(digits..<behind))"
                } else {
                    path.isLocalFunction = true
                }
                path.isLocal = true
                path.end = behind
                return path
            }
            guard text.byte(position, before: end) == UInt8(ascii: ".") else { break }
            position += 1
        }
        // A member of a local type stands without a module.
        if hasModule, path.components.count > path.memberCount { path.module = path.components.removeFirst() }
        if !extensionModule.isEmpty { path.module = extensionModule }
        for word: StaticString in [" infix", " prefix", " postfix"] where text.has(word, at: path.end, before: end) {
            path.isOperator = true
            path.end += word.utf8CodeUnitCount
            if let close = text.byte(path.end, before: end) == UInt8(ascii: "<")
                ? text.endOfBrackets(at: path.end, before: end) : nil
            {
                path.end = close
            }
        }
        return path
    }

    private struct Component {
        var name: String
        var end: Int
        var isPrivate = false
        var isOperator = false
    }

    private func component(at position: Int, before end: Int) -> Component? {
        guard let first = text.byte(position, before: end) else { return nil }
        var component: Component
        if first == UInt8(ascii: "("), let behind = endOfPrivateInitializer(at: position, before: end) {
            return Component(name: "", end: behind, isPrivate: true)
        } else if first == UInt8(ascii: "(") {
            guard let found = privateName(at: position, before: end) else { return nil }
            component = Component(name: plain(text.string(found.name)), end: found.end, isPrivate: true)
        } else if let identifierEnd = text.endOfIdentifier(at: position, before: end) {
            component = Component(name: plain(text.string(position..<identifierEnd)), end: identifierEnd)
            // `==` by another name, where the compiler writes it.
            component.isOperator = component.name == "=="
        } else {
            guard let space = text.bytes[position..<end].firstIndex(of: UInt8(ascii: " ")), space > position,
                text.has(" infix", at: space, before: end) || text.has(" prefix", at: space, before: end)
                    || text.has(" postfix", at: space, before: end)
            else { return nil }
            return Component(name: text.string(position..<space), end: space)
        }
        component.end = skippingGenerics(component.end, before: end)
        // `execute@Sendable (_: Request) -> Response`
        while text.byte(component.end, before: end) == UInt8(ascii: "@"),
            let attribute = text.endOfIdentifier(at: component.end + 1, before: end)
        {
            let arguments = text.byte(attribute, before: end) == UInt8(ascii: "(")
            component.end = arguments ? text.endOfBrackets(at: attribute, before: end) ?? attribute : attribute
            if text.byte(component.end, before: end) == UInt8(ascii: " ") { component.end += 1 }
        }
        return component
    }

    /// `(name in _ABC123)`, and `(in _ABC123)` for what has no name of its own. The name of an operator may hold brackets, its
    /// discriminator none.
    func privateName(at position: Int, before end: Int) -> (name: Range<Int>, end: Int)? {
        let limit = min(end, position + 512)
        let separator =
            text.has("(in _", at: position, before: end) ? position : text.find(" in _", in: position..<limit)
        guard let separator, let close = text.bytes[separator..<end].firstIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let name = position + 1..<max(position + 1, separator)
        guard !text.bytes[name].contains(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ":") }) else {
            return nil
        }
        return (name, close + 1)
    }

    /// Behind the discriminator of a private initialiser without arguments, which is printed in the middle of its own name:
    /// `M.Type.() -> M.Type(in _ABC123).init() -> M.Type`.
    private func endOfPrivateInitializer(at position: Int, before end: Int) -> Int? {
        guard text.has("() -> ", at: position, before: end),
            let discriminator = text.find("(in _", in: position..<min(end, position + 1024)),
            text.find(" in ", in: position..<discriminator) == nil,
            let close = text.bytes[discriminator..<end].firstIndex(of: UInt8(ascii: ")")),
            text.has(").init", at: close, before: end)
        else { return nil }
        return close + 1
    }

    /// A name of the compiler's as the source has it.
    private func plain(_ name: String) -> String {
        switch name {
        case "__allocating_init": return "init"
        case "__deallocating_deinit", "__isolated_deallocating_deinit": return "deinit"
        case "__derived_struct_equals", "__derived_enum_equals": return "=="
        default: break
        }
        guard name.hasPrefix("$") else { return name }
        let lazy = "$__lazy_storage_$_"
        return name.hasPrefix(lazy) ? String(name.dropFirst(lazy.count)) : Self.macroName(name) ?? name
    }

    /// Behind the `<…>` at `position`; an extension with its own conditions has two.
    func skippingGenerics(_ position: Int, before end: Int) -> Int {
        var place = position
        while text.byte(place, before: end) == UInt8(ascii: "<"),
            let close = text.endOfBrackets(at: place, before: end)
        {
            place = close
        }
        return place
    }

    // MARK: Arguments

    /// `(x:_:)` for the arguments in `range`, the brackets not included.
    private func labels(_ range: Range<Int>) -> String {
        if range.isEmpty { return "()" }
        var labels = "("
        var start = range.lowerBound
        while start < range.upperBound {
            let end = text.findOutsideBrackets(", ", in: start..<range.upperBound) ?? range.upperBound
            if let identifier = text.endOfIdentifier(at: start, before: end),
                text.has(": ", at: identifier, before: end)
            {
                labels += text.string(start..<identifier)
            } else {
                labels += "_"
            }
            labels += ":"
            start = end + 2
        }
        return labels + ")"
    }
}
