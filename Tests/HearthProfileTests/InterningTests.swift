import HearthProfile
import HearthRandom
import Testing

@Suite struct InterningTests {
    @Test func everythingIsKeptOnce() {
        var profile = Profile(sampleTypes: [.samples])
        #expect(profile.intern("") == .empty)
        #expect(profile.intern("a") == profile.intern("a"))
        #expect(profile.intern("a") != profile.intern("b"))
        #expect(profile.strings[profile.intern("b")] == "b")
        #expect(profile.strings.find("c") == nil)
        let image = profile.intern(Image(path: "/usr/lib/libc.so.6", buildID: "ab"))
        #expect(profile.intern(Image(path: "/usr/lib/libc.so.6", buildID: "ab")) == image)
        #expect(profile.intern(Image(path: "/usr/lib/libc.so.6", buildID: "cd")) != image)
        let frame = profile.intern(frameNamed: "a")
        #expect(profile.intern(frameNamed: "a") == frame)
        #expect(profile.intern(frameNamed: "a", kind: .label) != frame)
        #expect(profile.intern(labels: ["k": .text("v")]) == profile.intern(labels: ["k": .text("v")]))
        #expect(profile.intern(labels: [:]) == .none)
        #expect(
            profile.intern(labels: ["k": .number(1, unit: "bytes")])
                != profile.intern(labels: ["k": .number(1, unit: "")]))
    }

    @Test func stacksShareTheirCallers() {
        var profile = Profile(sampleTypes: [.samples])
        let frames = ["a", "b", "c", "d"].map { profile.intern(frameNamed: $0) }
        let abc = profile.stack(rootFirst: frames[0..<3])
        let abd = profile.stack(rootFirst: [frames[0], frames[1], frames[3]])
        #expect(profile.stacks.count == 5)
        #expect(profile.stacks.parent(of: abc) == profile.stacks.parent(of: abd))
        #expect(profile.stacks.leaf(of: abd) == frames[3])
        #expect(Array(profile.stacks.framesLeafFirst(abc)) == frames[0..<3].reversed())
        #expect(Array(profile.stacks.framesLeafFirst(.empty)) == [])
        #expect(profile.stack(rootFirst: []) == .empty)
    }

    /// Many more than the first table holds, against a plain dictionary.
    @Test func tablesGrowWithoutLosingAny() {
        var random = SeededGenerator(seed: 7)
        var profile = Profile(sampleTypes: [.samples])
        var expected: [[Int]: Int64] = [:]
        let frames = (0..<20).map { profile.intern(frameNamed: "f\($0)") }
        for _ in 0..<3_000 {
            let path = (0..<random.below(5)).map { _ in random.below(20) }
            profile.add(.init(stack: profile.stack(rootFirst: path.map { frames[$0] })), values: [2])
            expected[path, default: 0] += 2
        }
        #expect(profile.samples.count == expected.count)
        for (path, value) in expected {
            let stack = profile.stack(rootFirst: path.map { frames[$0] })
            let row = profile.samples.firstIndex { $0.stack == stack }
            #expect(row.map { profile.value(row: $0, column: 0) } == value)
        }
        for index in 1..<profile.stacks.count { #expect(profile.stacks.parents[index].rawValue < index) }
    }

    @Test func rowsAreToldApartByLabelsAndBlock() {
        let profile = Profile(collapsed: "a 1\na 2\na node=x 4\na node=x @0 8\na @0 16\na @1 32")
        #expect(profile.lines == ["a 3", "a @0 16", "a @1 32", "a node=x 4", "a node=x @0 8"])
        #expect(profile.total(column: 0) == 63)
    }

    @Test func sumsStopAtTheEnds() {
        var profile = Profile(sampleTypes: [.samples])
        let a = profile.push(profile.intern(frameNamed: "a"), on: .empty)
        profile.add(.init(stack: a), values: [.max])
        profile.add(.init(stack: a), values: [5])
        #expect(profile.value(row: 0, column: 0) == .max)
        profile.add(.init(stack: .empty), values: [.min])
        profile.add(.init(stack: .empty), values: [-1])
        #expect(profile.value(row: 1, column: 0) == .min)
    }

    @Test func addressesAreShownByImage() {
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(Image(path: "/usr/lib/libc.so.6"))
        let placed = profile.intern(Frame(name: .empty, image: image, address: 0x1234))
        let bare = profile.intern(Frame(name: .empty, address: 0xFFFF_FFFF_FFFF_FFFF))
        let named = profile.intern(Frame(name: profile.intern("malloc"), image: image, address: 0x1234))
        #expect(profile.displayName(placed) == "libc.so.6+0x1234")
        #expect(profile.displayName(bare) == "0xffffffffffffffff")
        #expect(profile.displayName(named) == "malloc")
        for (path, name) in [
            ("[vdso]", "[vdso]"), ("", ""), ("/", "/"), ("///", "///"), ("/a/b/", "b"), ("a//", "a"), ("/a/é", "é"),
            ("é/", "é"),
        ] {
            #expect(Image(path: path).name == name)
        }
    }

    @Test func copiesAreValues() {
        let first = Profile(collapsed: "a 1")
        var second = first
        second.add(.init(stack: .empty), values: [9])
        #expect(first.lines == ["a 1"] && second.lines == [" 9", "a 1"])
    }
}
