// The form for a new article: its text is sent, and the page of its draft is shown.

const form = document.querySelector("#article");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const status = document.querySelector("#article-status");
  const button = form.querySelector("button");
  button.disabled = true;
  status.textContent = "Drafting …";
  try {
    const response = await fetch("/api/article", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const answer = await response.json();
    if (response.ok) location.assign(`/review?name=${encodeURIComponent(answer.name)}`);
    else status.textContent = answer.detail;
  } catch {
    status.textContent = "The server does not answer: your text is still here, try again.";
  } finally {
    button.disabled = false;
  }
});
