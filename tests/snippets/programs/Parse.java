// java Parse.java FILE...: what the compiler's own parser reads, one line for each file: the number of errors
// and, in base64, the UTF-16 of every string inside the first call of String.join.
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

public class Parse {
    public static void main(String[] files) throws Exception {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.US_ASCII)) {
            for (var file : files) {
                var problems = new DiagnosticCollector<JavaFileObject>();
                var sources = manager.getJavaFileObjects(Path.of(file));
                var task = (JavacTask) compiler.getTask(null, manager, problems, List.of(), null, sources);
                var read = new StringBuilder();
                for (var unit : task.parse()) {
                    collect(unit, read);
                }
                var bytes = read.toString().getBytes(StandardCharsets.UTF_16BE);
                System.out.println(problems.getDiagnostics().size() + " " + Base64.getEncoder().encodeToString(bytes));
            }
        }
    }

    private static void collect(CompilationUnitTree unit, StringBuilder read) {
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
                if (call.getMethodSelect().toString().equals("String.join")) {
                    for (ExpressionTree argument : call.getArguments()) {
                        read.append(((LiteralTree) argument).getValue());
                    }
                }
                return super.visitMethodInvocation(call, nothing);
            }
        }.scan(unit, null);
    }
}
