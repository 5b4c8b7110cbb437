import Foundation
import FoundationXML
@preconcurrency import Mote
import MoteText
import Testing

struct MemoryMapTests {
    private func report(_ text: String, _ plan: MemoryPlan = MemoryPlan()) throws -> MemoryReport {
        let runtime = try Runtime(plan)
        let instance = try runtime.load(bytes: TextModule.assemble(Array(text.utf8))).instantiate()
        return withExtendedLifetime(instance) { runtime.memoryReport }
    }

    private static let guest = """
        (module $"<a&b> \\"c\\"" (memory 40 80)
          (global $__stack_pointer (mut i32) (i32.const 5264))
          (global (export "__data_end") i32 (i32.const 2048))
          (global (export "__heap_base") i32 (i32.const 5264))
          (data (i32.const 1024) "data")
          (func (drop (memory.grow (i32.const 1)))))
        """

    /// All texts of a document, which must be well-formed.
    private func texts(_ document: String) throws -> Set<String> {
        final class Reader: NSObject, XMLParserDelegate {
            var texts: Set<String> = []
            var open = ""
            func parser(_ parser: XMLParser, foundCharacters string: String) { open += string }
            func parser(
                _ parser: XMLParser,
                didStartElement elementName: String,
                namespaceURI: String?,
                qualifiedName qName: String?,
                attributes attributeDict: [String: String]
            ) { open = "" }
            func parser(
                _ parser: XMLParser,
                didEndElement elementName: String,
                namespaceURI: String?,
                qualifiedName qName: String?
            ) {
                texts.insert(open)
                open = ""
            }
        }
        let reader = Reader()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = reader
        let isWellFormed = parser.parse()
        #expect(isWellFormed, "\(String(describing: parser.parserError))")
        return reader.texts
    }

    @Test(arguments: Plans.all)
    func `every number of the report stands in both pictures`(plan: MemoryPlan) throws {
        let report = try report(Self.guest, plan)
        let map = MemoryMap(report, title: "Memory of <x> & y")
        let svg = try texts(map.svg)
        #expect(svg.contains("Memory of <x> & y"))
        func grouped(_ number: Int) -> String {
            let digits = Array(String(number).reversed())
            return String(
                stride(from: 0, to: digits.count, by: 3).map {
                    String(digits[$0..<min($0 + 3, digits.count)])
                }
                .joined(separator: ",").reversed()
            )
        }
        for region in report.regions {
            #expect(svg.contains(grouped(region.current)) && svg.contains(grouped(region.peak)))
            #expect(map.html.contains(region.region.rawValue))
            #expect(map.html.contains(">\(grouped(region.peak))<"))
        }
        for owner in report.owners { #expect(map.html.contains(">\(grouped(owner.current))<")) }
        for (part, range) in try #require(report.memories.first).parts where part != .other {
            #expect(map.html.contains(part.rawValue))
            #expect(map.html.contains(">\(grouped(range.count))<"))
        }
        #expect(!map.html.contains("<a&b>"))
        #expect(map.html.contains("&lt;a&amp;b&gt;"))
    }

    @Test func `pictures need nothing beside them`() throws {
        let map = MemoryMap(try report(Self.guest))
        for text in [map.svg, map.html] {
            for word in ["href=", "src=", "url(", "@import", "<script", "<link"] {
                #expect(!text.contains(word), "\(word)")
            }
            #expect(text.contains("prefers-color-scheme:dark"))
        }
    }

    @Test func `a picture of many instances stays small, and says what it leaves out`() throws {
        let runtime = try Runtime()
        let module = try runtime.load(bytes: TextModule.assemble(Array("(module (memory 1))".utf8)))
        let store = try Store(runtime)
        let instances = try (0..<200).map { _ in try module.instantiate(in: store) }
        let map = MemoryMap(runtime.memoryReport)
        #expect(map.html.utf8.count < 500_000)
        #expect(map.html.contains("188 more linear memories"))
        #expect(map.html.contains("other owners"))
        withExtendedLifetime(instances) {}
    }

    @Test func `a runtime without anything has a picture too`() throws {
        let map = MemoryMap(try Runtime().memoryReport)
        _ = try texts(map.svg)
        #expect(map.html.contains("no instance with one is alive"))
    }

    @Test func `a memory of 4 GiB with one touched page has a small picture that shows it`() throws {
        let report = try report(#"(module (memory 65536) (data (i32.const 0x40000000) "x"))"#)
        let map = MemoryMap(report)
        #expect(map.svg.utf8.count < 100_000)
        #expect(map.svg.contains("class=\"t1\"") || map.svg.contains("class=\"t4\""))
    }
}
