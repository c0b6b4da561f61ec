import Testing

@testable import HearthJSON

@Suite struct IRegexpTests {
    @Test(
        arguments: [
            ("", "", true), ("", "a", false), ("a", "a", true), ("a", "ab", false), ("a|b", "b", true),
            ("a|", "", true),
            ("ab*", "abbb", true), ("ab+", "a", false), ("ab?", "ab", true), ("ab?", "abb", false),
            ("(ab)*", "abab", true),
            ("(ab)*", "aba", false), ("(a|b)*c", "abbac", true), ("a{2}", "aa", true), ("a{2}", "aaa", false),
            ("a{2,}", "aaaa", true), ("a{2,}", "a", false), ("a{1,3}", "aaa", true), ("a{1,3}", "aaaa", false),
            ("a{0}", "", true),
            ("(a{0,2}){2}b", "aaaab", true), (".", "é", true), (".", "😀", true), (".", "\n", false), (".", "\r", false),
            (".", "\u{2028}", true), (".", "e\u{301}", false), ("..", "e\u{301}", true), ("[abc]", "b", true),
            ("[abc]", "d", false),
            ("[^abc]", "d", true), ("[^abc]", "\n", true), ("[a-c]", "b", true), ("[a-c]", "-", false),
            ("[-a]", "-", true),
            ("[a-]", "-", true), ("[^-a]", "-", false), ("[^-a]", "b", true), ("[a-cx-z]", "y", true),
            ("[.]", "a", false),
            ("[\\]]", "]", true), ("[\\-]", "-", true), ("[\\n]", "\n", true), ("[$^]", "^", true), ("\\.", ".", true),
            ("\\.", "a", false),
            ("\\n\\r\\t", "\n\r\t", true), ("\\^\\-\\|", "^-|", true), ("^", "^", true), ("$", "$", true),
            ("a^b$", "a^b$", true),
            ("\\p{L}", "é", true), ("\\p{L}", "1", false), ("\\p{Lu}", "a", false), ("\\p{Lu}", "Ä", true),
            ("\\P{Lu}", "a", true),
            ("\\P{Lu}", "A", false), ("\\p{Nd}+", "12٣", true), ("\\p{Zs}", " ", true), ("\\p{Sc}", "€", true),
            ("\\p{Cn}", "\u{378}", true),
            ("[\\p{L}\\p{Nd}]+", "aé1", true), ("[^\\p{L}]", "a", false), ("[\\P{L}]", "a", false),
            ("[\\P{L}a]", "a", true),
            ("\\p{So}", "☺", true), ("\\p{Mn}", "\u{301}", true), ("(()*)*", "", true), ("(a*)*", "aaa", true),
            ("(a*)+b", "aab", true),
            ("(a|b|)+", "ab", true), ("a,b-c/d:e", "a,b-c/d:e", true),
        ]) func matchesWhole(_ pattern: String, _ text: String, _ matches: Bool) throws
    {
        #expect(try #require(IRegexp(pattern)).matches(text) == matches)
    }

    @Test(
        arguments: [
            ("b", "abc", true), ("", "abc", true), ("d", "abc", false), ("b.d", "abcde", true), ("c$", "abc", false),
            ("aab", "aaaab", true),
            ("x*", "", true), ("[0-9]{4}", "in 1974", true), ("(ab){2}", "aabab", true), ("bc|cd", "acd", true),
            ("\n", "a\nb", true),
        ]) func isFound(_ pattern: String, _ text: String, _ isFound: Bool) throws
    {
        #expect(try #require(IRegexp(pattern)).isFound(in: text) == isFound)
    }

    @Test(arguments: [
        "(", ")", "a)", "(a", "*", "+a", "?", "a**", "a+?", "{", "a{", "a{}", "a{,2}", "a{2,1}", "a{1", "}", "[", "]",
        "[]", "[^]", "[a", "[b-a]",
        "[a-", "[a-b-c]", "[a-\\p{L}]", "[[a]", "\\d", "\\w", "\\s", "\\b", "\\", "\\p", "\\p{", "\\p{}", "\\p{X}",
        "\\p{Luu}", "\\p{Cs}",
        "\\pL", "\\u0061", "\\1", "(?:a)", "(?i)a", "a{99999999999999999999}", "a{60000}",
        "((((a{100}){100}){100}){100})", "((){1000}){1000}",
        "[a&&[b]", "\\/", "\\\"",
    ]) func othersAreNone(_ pattern: String) { #expect(IRegexp(pattern) == nil) }

    @Test func hyphensStandAtTheEndsAlone() throws {
        #expect(try #require(IRegexp("[--]")).matches("-"))
        #expect(try #require(IRegexp("[a-c-]")).matches("-"))
    }

    /// Patterns that take exponential time where ways are tried one after the other; these take some milliseconds.
    @Test(arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+b", "((a*)*)*b", "a{0,200}a{0,200}a{0,200}b", "(.*)(.*)(.*)(.*)b"])
    func noPatternIsTriedTwice(_ pattern: String) throws {
        let regexp = try #require(IRegexp(pattern))
        let text = String(repeating: "a", count: 3_000)
        #expect(!regexp.matches(text))
        #expect(!regexp.isFound(in: text))
        #expect(regexp.isFound(in: text + "b"))
    }

    @Test func nestingIsBounded() {
        #expect(IRegexp(String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)) == nil)
        #expect(IRegexp(String(repeating: "(", count: 90) + "a" + String(repeating: ")", count: 90)) != nil)
    }
}
