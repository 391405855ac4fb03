package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {

    private static final List<String> HOSTILE = List.of(
            "=1+1",
            "+49 1",
            "-5",
            "@SUM(A1)",
            "\tx",
            "\uFF1Dx",
            "'",
            "'=1",
            "''",
            "'x",
            "a,b\"c\"\r\nd\ne",
            "a\n=1+1",
            "a\r\n\r\n@SUM(A1)",
            "a;\n-1\n'+1",
            "\n=1;\t\n\t",
            "'\n'\r\n''",
            " spaces ",
            "\\;;\\",
            "grüße 漢字 😀",
            "=cmd|' /C calc'!A0",
            "x;=cmd|' /C calc'!A0;",
            ";;+;'=;''x;\uFF20",
            "x\\;-1");

    private final Problems problems = new Problems();

    private List<Line> read(Format format, byte[] bytes) throws IOException {
        List<Line> lines = new ArrayList<>();
        LineReader.read(format, new ByteArrayInputStream(bytes), problems, lines::add);
        return lines;
    }

    private List<Line> read(Format format, String text) throws IOException {
        return read(format, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] written(Format format, List<Line> lines) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LineWriter writer = LineWriter.of(format, "demo \"1\"", bytes)) {
            for (Line line : lines) {
                writer.write(line);
            }
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void everyValueComesBackAsItWas(Format format) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String value : HOSTILE) {
            lines.add(Line.of(Kind.FOLDER)
                    .with(Column.PATH, value)
                    .with(Column.DESCRIPTION, value)
                    .with(Column.INHERIT, true)
                    .with(Column.QUOTA, 7));
            lines.add(Line.of(Kind.DEVICE).with(Column.TAGS, Lists.join(List.of(value, "b", value))));
        }
        for (Kind kind : Kind.values()) {
            lines.add(Line.of(kind));
        }
        List<Line> back = read(format, written(format, lines));
        assertThat(problems.list()).isEmpty();
        assertThat(back)
                .extracting(Line::kind)
                .containsExactlyElementsOf(lines.stream().map(Line::kind).toList());
        assertThat(back)
                .extracting(Line::values)
                .containsExactlyElementsOf(lines.stream().map(Line::values).toList());
    }

    @Test
    void noCellOfACsvFileBeginsLikeAFormula() throws IOException {
        for (String value : HOSTILE) {
            String cell = Formulas.neutralised(value);
            assertThat(cell)
                    .doesNotContainPattern("(^|;)[=+@\\t\\r\\n\uFF1D\uFF0B\uFF0D\uFF20-]")
                    .doesNotContainPattern("[\\r\\n][=+@\\t\uFF1D\uFF0B\uFF0D\uFF20-]");
            assertThat(Formulas.undone(cell)).isEqualTo(value);
        }
        String text = new String(
                written(Format.CSV, List.of(Line.of(Kind.FOLDER).with(Column.DESCRIPTION, "=1+1"))),
                StandardCharsets.UTF_8);
        assertThat(text).contains(",'=1+1,").endsWith("\r\n");
    }

    @Test
    void jsonHasOneLineForEachThing() throws IOException {
        String text = new String(
                written(Format.JSON, List.of(Line.of(Kind.MEMBER), Line.of(Kind.MEMBER))), StandardCharsets.UTF_8);
        assertThat(text)
                .isEqualTo(
                        """
                        {"format":"bascule-directory","version":1,"domain":"demo \\"1\\"","lines":[
                        {"kind":"member","group":null,"member":null},
                        {"kind":"member","group":null,"member":null}
                        ]}
                        """);
        assertThat(read(Format.JSON, text)).extracting(Line::number).containsExactly(2L, 3L);
    }

    @Test
    void aByteOrderMarkAndLinesOfAnyEndAreRead() throws IOException {
        List<Line> lines = read(Format.CSV, "\uFEFFkind,path\nfolder,/a\r\n\nfolder,\"/b\nc\"\nfolder,/d");
        assertThat(problems.list()).isEmpty();
        assertThat(lines).extracting(line -> line.value(Column.PATH).orElse("")).containsExactly("/a", "/b\nc", "/d");
        assertThat(lines).extracting(Line::number).containsExactly(2L, 4L, 6L);
    }

    @Test
    void missingColumnIsNoEmptyOne() throws IOException {
        Line csv = read(Format.CSV, "kind,id,tags\ndevice,x,").get(0);
        assertThat(csv.has(Column.TAGS)).isTrue();
        assertThat(csv.has(Column.ACCOUNT)).isFalse();
        Line json = read(
                        Format.JSON,
                        "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[{\"kind\":\"device\",\"tags\":[]}]}")
                .get(0);
        assertThat(json.has(Column.TAGS)).isTrue();
        assertThat(json.has(Column.ACCOUNT)).isFalse();
        assertThat(json.value(Column.TAGS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                   | 1 | ``      | There is no head.",
                "path\\n/a                            | 1 | kind    | The head has no column 'kind'.",
                "kind,colour\\nfolder,red             | 1 | 2       | The head names an unknown column, or one twice.",
                "kind,kind\\nfolder,x                 | 1 | 2       | The head names an unknown column, or one twice.",
                "kind,path\\nfolder,/a\\nship,/b      | 3 | kind    | There is no such kind of thing.",
                "kind,path\\nfolder,/a,x              | 2 | 3       | The line has 3 cells, the head 2.",
                "kind,path\\nfolder                   | 2 | 2       | The line has 1 cells, the head 2.",
                "kind,path,colr\\nfolder,/a,x         | 1 | 3       | The head names an unknown column, or one twice.",
                "kind,path,account\\nfolder,/a,root   | 2 | account | A line of this kind has no such column.",
                "kind,action,path\\nfolder,delete,/a  | 2 | action  | An import deletes nothing of this kind.",
                "kind,action,path\\ncontract,drop,/a  | 2 | action  | An action is 'delete' or nothing.",
                "kind,path\\nfolder,\"/a              | 2 | 2       | A quoted cell has no end.",
                "kind,path\\nfolder,\"/a\"b            | 2 | 2       | Something follows the quote that ends the cell.",
                "kind,path\\nfolder,/a\"b             | 2 | 2       | A quote stands in a cell that does not begin with one."
            })
    void csvThatIsWrongIsToldWithItsPlace(String text, long line, String column, String reason) throws IOException {
        read(Format.CSV, text.replace("\\n", "\n"));
        assertThat(problems.list()).containsExactly(new ImportProblem(line, column, reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"format\":\"other\",\"version\":1,\"lines\":[]}",
                "{\"format\":\"bascule-directory\",\"version\":2,\"lines\":[]}",
                "{\"lines\":[],\"format\":\"bascule-directory\",\"version\":1}",
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":{}}",
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[1]}",
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[{\"kind\":{}}]}",
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[{\"kind\":\"folder\",\"tags\":[[]]}]}",
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[{\"kind\":\"folder\"",
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[]} x"
            })
    void textThatIsNoneOfOursIsRefused(String text) throws IOException {
        assertThat(read(Format.JSON, text)).isEmpty();
        assertThat(problems.list()).hasSize(1);
    }

    @Test
    void jsonMembersThatAreWrongAreToldWithTheirLine() throws IOException {
        read(
                Format.JSON,
                """
                {"format":"bascule-directory","version":1,"lines":[
                {"kind":"folder","path":"/a"},
                {"kind":"folder","colour":"red"},
                {"kind":"folder","path":"/b","path":"/c"},
                {"kind":"device","tags":["a",1]}
                ]}
                """);
        assertThat(problems.list())
                .containsExactly(
                        new ImportProblem(3, "colour", "There is no such column."),
                        new ImportProblem(4, "path", "It is there twice."),
                        new ImportProblem(
                                5, "tags", "A value is a text, a number, true, false, null or a list of texts."));
    }

    @Test
    void csvThatWouldFillTheMemoryEndsWithItsPlace() throws IOException {
        read(Format.CSV, "kind,path\nfolder" + ",".repeat(1_000_000));
        read(Format.CSV, "kind,path\nfolder," + "x".repeat(1_000_000));
        read(Format.CSV, "kind,path\nfolder,\"" + "\n".repeat(1_000_000) + "\"");
        read(Format.CSV, "kind,path\nfolder,/a\u0000b");
        assertThat(problems.list())
                .containsExactly(
                        new ImportProblem(2, "101", "A line has at most 100 cells."),
                        new ImportProblem(2, "2", "Longer than 20,000 characters."),
                        new ImportProblem(20_003, "2", "Longer than 20,000 characters."),
                        new ImportProblem(2, "path", "There is a control character in it."));
    }

    @Test
    void jsonThatWouldFillTheMemoryEndsWithItsPlace() throws IOException {
        String head = "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[\n{\"kind\":\"folder\",\"path\":";
        read(Format.JSON, head + "\"" + "x".repeat(1_000_000) + "\"}]}");
        read(Format.JSON, head + "1".repeat(1_000_000) + "}]}");
        read(Format.JSON, head + "[".repeat(1_000_000));
        read(
                Format.JSON,
                "{\"format\":\"bascule-directory\",\"version\":1,\"lines\":[\n{\"kind\":\"device\",\"tags\":["
                        + "\"\",".repeat(1_000_000)
                        + "\"\"]}]}");
        read(Format.JSON, "{\"format\":\"bascule-directory\",\"version\":1e999999999,\"lines\":[]}");
        assertThat(problems.list())
                .extracting(ImportProblem::reason)
                .containsExactly(
                        "Longer than 120,000 characters.",
                        "Longer than 64 characters.",
                        "A list has texts in it.",
                        "Longer than 20,000 characters.",
                        "'format' and 'version' come before 'lines'.");
        assertThat(problems.list()).extracting(ImportProblem::line).containsExactly(2L, 2L, 2L, 2L, 1L);
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void whatIsNotUtf8IsRefused(Format format) throws IOException {
        byte[] bytes = written(format, List.of(Line.of(Kind.FOLDER).with(Column.PATH, "/aXb")));
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 'X') {
                bytes[i] = (byte) 0xFF;
            }
        }
        assertThat(read(format, bytes)).isEmpty();
        assertThat(problems.list()).singleElement().satisfies(problem -> assertThat(problem.reason())
                .isEqualTo("This is not UTF-8."));
    }

    @Test
    void pathsAndWindowsHaveOneForm() {
        assertThat(Paths.of(List.of())).isEqualTo("/");
        assertThat(Paths.names("/A/Plant\\/7/b\\\\")).contains(List.of("A", "Plant/7", "b\\"));
        assertThat(Paths.of(List.of("A", "Plant/7", "b\\"))).isEqualTo("/A/Plant\\/7/b\\\\");
        for (String wrong : List.of("", "A", "//", "/A//B", "/A/")) {
            assertThat(Paths.names(wrong)).as(wrong).isEmpty();
        }
        String window = "mon,wed,sun 22:00-06:30 Europe/Vienna";
        assertThat(Windows.parse(window).map(Windows::text)).contains(window);
        for (String wrong : List.of(
                "mon 8:00-9:00 UTC",
                "xyz 08:00-09:00 UTC",
                "mon 08:00-08:00 UTC",
                "mon 25:00-09:00 UTC",
                "mon 08:00-09:00 Mars/North")) {
            assertThat(Windows.parse(wrong)).as(wrong).isEqualTo(Optional.empty());
        }
    }
}
