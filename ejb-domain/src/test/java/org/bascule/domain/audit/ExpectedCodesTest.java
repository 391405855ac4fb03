package org.bascule.domain.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A code that no test expects is one whose record may say anything, or never be written. */
class ExpectedCodesTest {

    /** A comment, a text block, a string, a character, or the end of a statement. */
    private static final Pattern TOKEN = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"\"\"(.*?)\"\"\"|\"([^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+)\"|'(?:[^'\\\\]|\\\\.)+'|;",
            Pattern.DOTALL);

    /** Before a string: it is part of an assertion, of a row that a test is given, or what a helper that asserts by itself is called with. */
    private static final Pattern EXPECTS = Pattern.compile("\\bassertThat\\(|@CsvSource\\(|\\brecorded\\($");

    private static final Pattern EXPECTS_NOT = Pattern.compile("\\.(doesNotContain|isNotEqualTo)\\([^()]*$");
    private static final Pattern EXPECTS_NONE =
            Pattern.compile("\\.(isEmpty\\(\\)|isZero\\(\\)|hasSize\\(0\\))[\\s)}]*$");

    @Test
    void everyCodeIsExpectedByATest() throws IOException {
        Set<String> expected = new HashSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            for (Path file : files.filter(ExpectedCodesTest::isOther).toList()) {
                expected.addAll(expected(Files.readString(file)));
            }
        }
        Set<String> missing = new TreeSet<>();
        Arrays.stream(Operation.values()).map(Operation::code).forEach(missing::add);
        missing.removeAll(expected);
        assertThat(missing).isEmpty();
    }

    private static boolean isOther(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith("Test.java") && !name.equals("ExpectedCodesTest.java");
    }

    /** What the statements of a test expect: strings as a whole, their first words, and the cells of rows. */
    private static Set<String> expected(String source) {
        Set<String> expected = new HashSet<>();
        Set<String> ofStatement = new HashSet<>();
        StringBuilder statement = new StringBuilder();
        Matcher token = TOKEN.matcher(source);
        while (token.find()) {
            token.appendReplacement(statement, "");
            if (token.group().equals(";")) {
                if (!EXPECTS_NONE.matcher(statement).find()) {
                    expected.addAll(ofStatement);
                }
                ofStatement.clear();
                statement.setLength(0);
            } else if (token.group().startsWith("\"")) {
                String text = token.group(1) == null ? token.group(2) : token.group(1);
                if (EXPECTS.matcher(statement).find()
                        && !EXPECTS_NOT.matcher(statement).find()) {
                    ofStatement.add(text);
                    ofStatement.add(text.replaceFirst(" .*", ""));
                    ofStatement.addAll(Arrays.asList(text.strip().split("\\s*\\|\\s*")));
                }
                statement.append("\"\"");
            }
        }
        return expected;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "assertThat(sample.audited(\"a.b\")).hasSize(1); ! true",
                "assertThat(rows).containsExactly(\"c.d\", \"a.b failed: why\"); ! true",
                "assertThat(rows).contains(\"c.d\").doesNotContain(\"x\").contains(\"a.b\"); ! true",
                "AuditEntry row = recorded(\"a.b\", owner); ! true",
                "@CsvSource({\"log | a.b | c\"}) void x(String code) { return; ! true",
                "String code = \"a.b\"; assertThat(x).isTrue(); ! false",
                "assertThat(x).isTrue(); String code = \"a.b\"; ! false",
                "assertThat(sample.audited(\"a.b\")).isEmpty(); ! false",
                "assertThat(codes).doesNotContain(\"c.d\", \"a.b\"); ! false",
                "assertThat(x).isTrue(); // assertThat(\"a.b\"); ! false",
                "assertThat(x).isEqualTo(\"POST a.b\"); ! false",
                "List<String> recorded(String of) { return of(\"a.b\"); ! false"
            })
    void aStringIsExpectedWhereSomethingIsAsserted(String source, boolean expects) {
        assertThat(expected(source).contains("a.b")).as(source).isEqualTo(expects);
    }
}
