package org.bascule.domain.refusal;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Every template in some sources: what is written where a parameter is marked with {@link Template}. The sources are parsed and not compiled, so that
 * what is called is told by its name, its class's name and the number of its arguments.
 */
final class TemplateSites {

    /** A method or constructor with marked parameters. */
    private record Marked(String type, String name, boolean isStatic, Set<Integer> places, boolean takesArguments) {

        boolean isMet(int arguments) {
            return places.stream().allMatch(place -> place < arguments);
        }
    }

    /** One template that is written in the sources, and how many arguments go with it; null where they are passed on. */
    record Site(String where, String template, @Nullable Integer arguments) {}

    private final Map<String, List<Marked>> marked = new HashMap<>();
    private final Map<String, ExpressionTree> constants = new TreeMap<>();
    private final List<Site> sites = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    static TemplateSites in(Path... roots) throws IOException {
        TemplateSites found = new TemplateSites();
        List<Path> files = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> all = Files.walk(root)) {
                all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            units.forEach(unit -> found.new Declarations().scan(unit, null));
            units.forEach(unit -> found.new Calls(unit).scan(unit, null));
        }
        return found;
    }

    List<Site> sites() {
        return sites;
    }

    /** Where something else is written than a template, so that nobody knows what it will be. */
    List<String> unreadable() {
        return unreadable;
    }

    private static boolean isMarked(VariableTree parameter) {
        for (AnnotationTree annotation : parameter.getModifiers().getAnnotations()) {
            if (annotation.getAnnotationType().toString().equals("Template")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStatic(Tree tree) {
        return tree instanceof MethodTree method
                && method.getModifiers().toString().contains("static");
    }

    /** Remembers the class that is being read. */
    private abstract static class Within extends TreeScanner<@Nullable Void, @Nullable Void> {
        final Deque<String> types = new ArrayDeque<>();

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
            types.push(type.getSimpleName().toString());
            super.visitClass(type, nothing);
            types.pop();
            return null;
        }

        String type() {
            return String.valueOf(types.peek());
        }
    }

    private final class Declarations extends Within {

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            Set<Integer> places = new HashSet<>();
            List<? extends VariableTree> parameters = method.getParameters();
            for (int i = 0; i < parameters.size(); i++) {
                if (isMarked(parameters.get(i))) {
                    places.add(i);
                }
            }
            if (!places.isEmpty()) {
                boolean constructor = method.getName().contentEquals("<init>");
                String name = constructor ? type() : method.getName().toString();
                boolean varargs =
                        parameters.get(parameters.size() - 1).toString().contains("...");
                marked.computeIfAbsent(constructor ? "new " + name : name, key -> new ArrayList<>())
                        .add(new Marked(type(), name, constructor || isStatic(method), places, varargs));
            }
            return super.visitMethod(method, nothing);
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
            boolean constant = variable.getModifiers().toString().contains("static final");
            if (constant
                    && variable.getInitializer() != null
                    && variable.getType().toString().equals("String")) {
                constants.put(type() + "." + variable.getName(), variable.getInitializer());
            }
            return super.visitVariable(variable, nothing);
        }
    }

    private final class Calls extends Within {
        private final CompilationUnitTree unit;
        private final Deque<Map<String, VariableTree>> variables = new ArrayDeque<>();

        Calls(CompilationUnitTree unit) {
            this.unit = unit;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            Map<String, VariableTree> own = new HashMap<>();
            method.getParameters()
                    .forEach(parameter -> own.put(parameter.getName().toString(), parameter));
            variables.push(own);
            super.visitMethod(method, nothing);
            variables.pop();
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
            if (!variables.isEmpty()) {
                variables.peek().put(variable.getName().toString(), variable);
            }
            return super.visitVariable(variable, nothing);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree call, @Nullable Void nothing) {
            String type = call.getIdentifier().toString();
            String simple = type.substring(type.lastIndexOf('.') + 1);
            look("new " + simple, simple, call.getArguments());
            return super.visitNewClass(call, nothing);
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
            ExpressionTree method = call.getMethodSelect();
            if (method instanceof IdentifierTree name) {
                String called = name.getName().toString();
                look(called.equals("this") ? "new " + type() : called, null, call.getArguments());
            } else if (method instanceof MemberSelectTree select) {
                String receiver = select.getExpression().toString();
                look(
                        select.getIdentifier().toString(),
                        receiver.substring(receiver.lastIndexOf('.') + 1),
                        call.getArguments());
            }
            return super.visitMethodInvocation(call, nothing);
        }

        /** @param receiver what is before the dot; null where there is none */
        private void look(String called, @Nullable String receiver, List<? extends ExpressionTree> arguments) {
            for (Marked one : marked.getOrDefault(called, List.of())) {
                boolean meant = receiver == null
                        ? types.contains(one.type()) || !called.startsWith("new ") && isImported(one)
                        : !one.isStatic() || receiver.equals(one.type());
                if (meant && one.isMet(arguments.size())) {
                    for (int place : one.places()) {
                        int more = arguments.size() - place - 1;
                        boolean passedOn = more == 1 && isParameter(arguments.get(place + 1), "...");
                        take(arguments.get(place), !one.takesArguments() || passedOn ? null : more);
                    }
                    return;
                }
            }
        }

        private boolean isImported(Marked one) {
            return unit.getImports().stream()
                    .anyMatch(each -> each.isStatic()
                            && each.getQualifiedIdentifier().toString().endsWith("." + one.type() + "." + one.name()));
        }

        private boolean isParameter(ExpressionTree expression, String type) {
            VariableTree parameter = parameter(expression);
            return parameter != null && parameter.toString().contains(type);
        }

        private @Nullable VariableTree parameter(ExpressionTree expression) {
            for (Map<String, VariableTree> own : variables) {
                if (own.containsKey(expression.toString())) {
                    return own.get(expression.toString());
                }
            }
            return null;
        }

        private void take(ExpressionTree expression, @Nullable Integer arguments) {
            VariableTree parameter = parameter(expression);
            if (parameter != null
                    && (isMarked(parameter) || parameter.getType().toString().equals("Sentence"))) {
                return;
            }
            if (expression instanceof ParenthesizedTree inner) {
                take(inner.getExpression(), arguments);
            } else if (expression instanceof ConditionalExpressionTree either) {
                take(either.getTrueExpression(), arguments);
                take(either.getFalseExpression(), arguments);
            } else if (!isSentence(expression)) {
                String text = text(expression);
                if (text == null) {
                    unreadable.add(where() + ": " + expression);
                } else {
                    sites.add(new Site(where(), text, arguments));
                }
            }
        }

        /** Another method of the same name takes it. */
        private boolean isSentence(ExpressionTree expression) {
            return expression instanceof MethodInvocationTree call
                    && (call.getMethodSelect().toString().equals("Sentence.of")
                            || call.getMethodSelect().toString().endsWith(".sentence"));
        }

        private @Nullable String text(ExpressionTree expression) {
            if (expression instanceof LiteralTree literal) {
                return literal.getValue() instanceof String text ? text : null;
            }
            if (expression instanceof BinaryTree both && both.getKind() == Tree.Kind.PLUS) {
                String left = text(both.getLeftOperand());
                String right = text(both.getRightOperand());
                return left == null || right == null ? null : left + right;
            }
            String name = expression.toString();
            ExpressionTree constant = constants.get(name.contains(".") ? name : type() + "." + name);
            return constant == null ? null : text(constant);
        }

        private String where() {
            return unit.getSourceFile().getName().replaceFirst(".*/", "") + " (" + type() + ")";
        }
    }
}
