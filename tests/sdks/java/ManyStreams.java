// java ManyStreams COUNT LEAVE MODEL BODY: COUNT streams, four at a time, with the asynchronous client. With LEAVE
// "true" each is left after its third chunk. Prints how many were whole (or were left), and the distinct texts.

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.json.JSONObject;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

public class ManyStreams {

    private static final AtomicInteger done = new AtomicInteger();
    private static final Set<String> texts = Collections.synchronizedSet(new HashSet<>());

    public static void main(String[] args) throws Exception {
        var count = Integer.parseInt(args[0]);
        var leave = Boolean.parseBoolean(args[1]);
        var request = InvokeModelWithResponseStreamRequest.builder()
                .modelId(args[2])
                .body(SdkBytes.fromUtf8String(args[3]))
                .build();
        try (var client = BedrockRuntimeAsyncClient.builder().region(Region.US_EAST_1).build()) {
            var callers = Executors.newFixedThreadPool(4);
            for (var n = 0; n < count; n++) {
                callers.submit(() -> stream(client, request, leave));
            }
            callers.shutdown();
            callers.awaitTermination(10, TimeUnit.MINUTES);
            System.out.println(done.get() + " " + texts.size());
            System.in.read(); // the connections stay open until stdin ends
        }
    }

    private static void stream(
            BedrockRuntimeAsyncClient client, InvokeModelWithResponseStreamRequest request, boolean leave) {
        var text = new StringBuffer();
        var whole = new AtomicInteger();
        var third = new java.util.concurrent.CountDownLatch(3);
        var handler = InvokeModelWithResponseStreamResponseHandler.builder()
                .subscriber(InvokeModelWithResponseStreamResponseHandler.Visitor.builder().onChunk(chunk -> {
                    var part = new JSONObject(chunk.bytes().asUtf8String()).getJSONArray("outputs").getJSONObject(0);
                    text.append(part.getString("text"));
                    third.countDown();
                    if (!part.isNull("stop_reason")) {
                        whole.incrementAndGet();
                    }
                }).build()).build();
        try {
            var answer = client.invokeModelWithResponseStream(request, handler);
            if (leave) {
                third.await(30, TimeUnit.SECONDS);
                answer.cancel(true);
                done.incrementAndGet();
                return;
            }
            answer.get();
            if (whole.get() == 1) {
                done.incrementAndGet();
                texts.add(text.toString());
            }
        } catch (Exception e) {
            System.err.println(e);
        }
    }
}
