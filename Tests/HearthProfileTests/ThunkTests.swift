import HearthProfile
import Testing

/// Thunks are kept in profiles and left out of what is shown.
@Suite struct ThunkTests {
    /// Root first; `^` marks a bare thunk, `~` a namesake.
    private func profile(_ stacks: [(String, Int64)]) -> Profile {
        var profile = Profile(sampleTypes: [.samples])
        for (text, value) in stacks {
            var stack = StackID.empty
            for (depth, word) in text.split(separator: ";").enumerated() {
                let thunk: Frame.Thunk? = word.hasPrefix("^") ? .bare : word.hasPrefix("~") ? .namesake : nil
                let name = profile.intern(String(word.drop { $0 == "^" || $0 == "~" }))
                let full = profile.intern("whole \(word)")
                let frame = Frame(name: name, fullName: full, address: UInt64(depth), thunk: thunk)
                stack = profile.push(profile.intern(frame), on: stack)
            }
            profile.add(Profile.Sample(stack: stack), values: [value])
        }
        return profile
    }

    private func lines(_ profile: Profile) -> [String] { profile.mergingAddresses().lines }

    @Test(arguments: [
        ("a;^t;b", "a;b"), ("a;^t", "a"), ("^t;a", "a"), ("^t", ""), ("a;^t;^u;b", "a;b"),
        // A namesake goes before the function that it is named after, and stays where it holds that function.
        ("a;~b;b;c", "a;b;c"), ("a;~b", "a;b"), ("a;~b;c", "a;b;c"), ("a;~b;~b;b", "a;b"), ("a;~b;~b", "a;b"),
        ("~a;a", "a"), ("a;~b;c;b", "a;b;c;b"),
        // What stands between goes first.
        ("a;~b;^t;b", "a;b"), ("a;~b;^t", "a;b"),
        // A function that calls itself is no thunk.
        ("a;a;a", "a;a;a"), ("a;~a;a", "a;a"),
    ])
    func hidden(stack: String, shown: String) {
        let hidden = profile([(stack, 3)]).hidingThunks()
        #expect(lines(hidden) == ["\(shown) 3"])
        // What is left has no thunk to hide.
        #expect(lines(hidden.hidingThunks()) == lines(hidden))
    }

    @Test func timeIsNeitherLostNorDoubled() {
        let stacks: [(String, Int64)] = [
            ("a;~b;b", 1), ("a;b", 2), ("a;~b", 4), ("a;^t;b", 8), ("a;^t", 16), ("^t", 32), ("a;~b;c", 64),
        ]
        let whole = profile(stacks)
        let hidden = whole.hidingThunks()
        #expect(hidden.total(column: 0) == 127)
        // The one that holds the body has another whole name than the function, so there are two frames of one name.
        #expect(lines(hidden) == [" 32", "a 16", "a;b 11", "a;b 4", "a;b;c 64"])
        #expect(whole.total(column: 0) == 127)
    }

    @Test func aProfileWithoutThunksIsLeftAsItIs() {
        let plain = profile([("a;b", 1), ("a;c", 2)])
        #expect(plain.hidingThunks().stacks.count == plain.stacks.count)
        #expect(lines(plain.showingThunks()) == lines(plain))
    }

    @Test func shownTheyAreFunctionsLikeOthers() {
        let shown = profile([("a;^t;~b;b", 1)]).showingThunks()
        #expect(lines(shown) == ["a;t;b;b 1"])
        #expect(lines(shown.hidingThunks()) == ["a;t;b;b 1"])
    }

    @Test func wholeNamesComeWithoutThunks() {
        let named = profile([("a;^t;~b;b", 1), ("a;~c;d", 2)]).withFullNames()
        #expect(lines(named) == ["whole a;whole b 1", "whole a;whole ~c;whole d 2"])
        var unnamed = Profile(sampleTypes: [.samples])
        let frame = unnamed.intern(Frame(name: .empty, address: 0x20))
        unnamed.add(Profile.Sample(stack: unnamed.push(frame, on: .empty)), values: [1])
        #expect(unnamed.withFullNames().displayName(FrameID(rawValue: 0)) == "0x20")
    }

    @Test func tablesAndDifferencesLeaveThemOut() throws {
        let whole = profile([("a;^t;~b;b", 3), ("a;^t", 1)])
        let rows = FunctionTotals(whole, column: 0).sorted(by: .selfValue)
        #expect(rows.map { "\($0.name) \($0.selfValue) \($0.totalValue)" } == ["b 3 3", "a 1 4"])
        let diff = try ProfileDiff(base: whole, new: whole)
        var stacks: [String] = []
        diff.forEachStack { stack, base, new in stacks.append("\(stack.joined(separator: ";")) \(base) \(new)") }
        #expect(stacks.sorted() == ["a 1 1", "a;b 3 3"])
        #expect(Set(diff.rows().map(\.name)) == ["a", "b"])
    }

    @Test func sumsKeepTheMarks() throws {
        let sum = try Profile.merge([profile([("a;~b;b", 1)]), profile([("a;~b;b", 2), ("a;^t", 4)])])
        #expect(lines(sum.hidingThunks()) == ["a 4", "a;b 3"])
        #expect(lines(sum.showingThunks()) == ["a;b;b 3", "a;t 4"])
    }
}
