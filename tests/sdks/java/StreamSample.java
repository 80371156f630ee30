// A program in the shape of AWS's documentation sample for streaming a Mistral model: the asynchronous client with
// default credentials, a visitor, and no max_tokens. Nothing in it knows of a local endpoint.

import org.json.JSONObject;
import org.json.JSONPointer;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

import java.util.concurrent.ExecutionException;

import static software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler.Visitor;

public class StreamSample {

    public static String ask(String question) throws ExecutionException, InterruptedException {
        var client = BedrockRuntimeAsyncClient.builder()
                .credentialsProvider(DefaultCredentialsProvider.create())
                .region(Region.US_EAST_1)
                .build();
        var modelId = "mistral.mistral-large-2402-v1:0";
        var nativeRequest = new JSONObject().put("prompt", "<s>[INST] " + question + " [/INST]").toString();
        var request = InvokeModelWithResponseStreamRequest.builder()
                .body(SdkBytes.fromUtf8String(nativeRequest))
                .modelId(modelId)
                .build();
        var completeAnswer = new StringBuilder();
        var handler = InvokeModelWithResponseStreamResponseHandler.builder()
                .subscriber(Visitor.builder().onChunk(chunk -> {
                    var response = new JSONObject(chunk.bytes().asUtf8String());
                    var text = (String) new JSONPointer("/outputs/0/text").queryFrom(response);
                    System.out.print(text);
                    completeAnswer.append(text);
                }).build()).build();
        client.invokeModelWithResponseStream(request, handler).get();
        return completeAnswer.toString();
    }

    public static void main(String[] args) throws ExecutionException, InterruptedException {
        ask(args[0]);
    }
}
