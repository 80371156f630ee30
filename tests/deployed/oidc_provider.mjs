// A provider of OpenID Connect on this computer: node oidc_provider.mjs FOLDER-WITH-node_modules PORT REDIRECT-URI
// Everybody may sign in. The login that is typed becomes the mail address, which is not verified if it begins with "new".
const [folder, port, redirect] = process.argv.slice(2);
const { default: Provider } = await import(`${folder}/node_modules/oidc-provider/lib/index.js`);
const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: "sirocco",
      client_secret: "a secret of the test",
      redirect_uris: [redirect],
      post_logout_redirect_uris: [redirect],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: !id.startsWith("new"), name: id }),
  }),
  cookies: { keys: ["a key of the test"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
