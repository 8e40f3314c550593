// The console's entry: words, providers, router.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { asProblem } from "./api/problem";
import { startWords } from "./i18n";
import { router } from "./routes";
import { Announcer } from "./ui/Announcer";
import { keys } from "./ui/keys";
import { theme, useScheme } from "./ui/theme";
import "./styles/tokens.css";
import "./styles/mantine.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/desk.css";
import "./styles/pages.css";
import "./styles/floor.css";
import "./styles/roster.css";

startWords("en");
addEventListener("keydown", keys.handle);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; only a missing answer is worth asking again.
      retry: (count, error) => asProblem(error).offline && count < 3,
      refetchOnWindowFocus: false,
    },
  },
});

function App() {
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={useScheme()}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={client}>
        <Announcer />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

const place = document.getElementById("root");
if (place) createRoot(place).render(<App />);
