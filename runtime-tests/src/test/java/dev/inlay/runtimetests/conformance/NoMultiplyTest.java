// SPDX-License-Identifier: Apache-2.0
package dev.inlay.runtimetests.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.inlay.kernels.KernelCatalog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.AssertionFailedError;

/**
 * What contracts binary, ternary, bit-serial and logarithmic operands multiplies nothing: a multiplier costs an FPGA more
 * than all else. Reads the portable text, every branch of it; what the preprocessor computes of constants does not count.
 */
final class NoMultiplyTest {
    private static final Pattern COMMENT = Pattern.compile("//[^\n]*");
    private static final Pattern MACRO = Pattern.compile("#define (\\w+)(\\([^)]*\\))?(.*)");
    private static final Pattern FUNCTION =
            Pattern.compile("static inline [^;{}#]*?\\b(?!VEC\\(|CAT\\()(\\w+)\\(([^{};]*)\\) \\{");
    private static final Pattern NAME = Pattern.compile("CAT\\((\\w+), (\\w+)\\)|\\b[A-Za-z_]\\w*");
    private static final Pattern CALL = Pattern.compile("\\b(mul\\w*|mad\\w*|fma|multiply_add|pown?|powr)\\b");
    private static final Pattern TIMES = Pattern.compile("[\\w)\\]]\\s*\\*|\\*=");

    private final Map<String, String> functions = new HashMap<>();
    private final Map<String, String> macros = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> contractionsOfBitsAndPowersMultiplyNothing() {
        return FormatMatrix.rows().stream()
                .filter(row -> row.carrier().equals("planes") || row.carrier().equals("shift"))
                .flatMap(row -> Stream.concat(row.portable().stream(), Stream.of(row.pipeline())))
                .map(variant -> DynamicTest.dynamicTest(
                        variant.toString(), () -> new NoMultiplyTest().check(KernelCatalog.source(variant.id()))));
    }

    @Test
    void aMultiplicationOfPowersIsSeen() {
        FormatVariant pipeline = FormatMatrix.rows().stream()
                .filter(row -> row.carrier().equals("shift"))
                .findFirst()
                .orElseThrow()
                .pipeline();
        String right = "((v << up) & TO_SUM(some))";
        String source = KernelCatalog.source(pipeline.id());
        assertTrue(source.contains(right));
        String wrong = source.replace(right, "((v * ((SUM)(1) << up)) & TO_SUM(some))");
        assertThrows(AssertionFailedError.class, () -> new NoMultiplyTest().check(wrong));
    }

    private void check(String program) {
        String source = COMMENT.matcher(program).replaceAll("").replace("\\\n", " ");
        MACRO.matcher(source)
                .results()
                .forEach(it -> macros.merge(it.group(1), it.group(3), (one, other) -> one + "\n" + other));
        Matcher function = FUNCTION.matcher(source);
        while (function.find()) {
            functions.merge(function.group(1), body(source, function.end()), (one, other) -> one + "\n" + other);
        }
        assertTrue(functions.containsKey("dot"), "the text has a function dot");
        Set<String> reached = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(Set.of("dot", "expand", "fold"));
        while (!next.isEmpty()) {
            String name = next.pop();
            if (reached.add(name) && !isConstant(name, new HashSet<>())) {
                String text = functions.getOrDefault(name, "") + macros.getOrDefault(name, "");
                assertFalse(TIMES.matcher(text).find() || CALL.matcher(text).find(), () -> name + ": " + text);
                names(text).forEach(next::push);
            }
        }
        assertTrue(reached.size() > 3, () -> "dot reaches " + reached);
    }

    /** The text up to the brace that closes. */
    private static String body(String source, int start) {
        int depth = 1;
        int end = start;
        while (depth > 0) {
            char c = source.charAt(end++);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        }
        return source.substring(start, end);
    }

    /** The functions and macros that a text names; {@code CAT(a_, B)} names one by the value of B. */
    private Stream<String> names(String text) {
        return NAME.matcher(text)
                .results()
                .map(it -> it.group(1) == null
                        ? it.group()
                        : it.group(1)
                                + macros.getOrDefault(it.group(2), "")
                                        .lines()
                                        .findFirst()
                                        .orElse("")
                                        .strip())
                .filter(name -> functions.containsKey(name) || macros.containsKey(name));
    }

    /** Whether a name is a macro that is made of numbers and such macros alone. */
    private boolean isConstant(String name, Set<String> within) {
        if (functions.containsKey(name) || !macros.containsKey(name) || !within.add(name)) {
            return false;
        }
        return NAME.matcher(macros.get(name)).results().allMatch(it -> {
            String value = it.group(1) == null
                    ? it.group()
                    : it.group(1)
                            + macros.getOrDefault(it.group(2), "")
                                    .lines()
                                    .findFirst()
                                    .orElse("")
                                    .strip();
            return it.group().matches("LONGER|[ab]") || isConstant(value, new HashSet<>(within));
        });
    }
}
